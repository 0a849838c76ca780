{{ stage('submissions') }}
