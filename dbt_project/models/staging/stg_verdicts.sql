{{ stage('verdicts') }}
