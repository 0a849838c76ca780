{{ stage('employment') }}
