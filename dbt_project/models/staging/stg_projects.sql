{{ stage('projects') }}
