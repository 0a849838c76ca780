{{ stage('resident_training') }}
