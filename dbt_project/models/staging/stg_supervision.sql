{{ stage('supervision') }}
