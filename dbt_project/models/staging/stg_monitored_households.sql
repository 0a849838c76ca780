{{ stage('monitored_households') }}
