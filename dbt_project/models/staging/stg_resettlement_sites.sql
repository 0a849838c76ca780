{{ stage('resettlement_sites') }}
