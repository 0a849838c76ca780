{{ stage('east_west') }}
