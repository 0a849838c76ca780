{{ stage('risk_screening') }}
