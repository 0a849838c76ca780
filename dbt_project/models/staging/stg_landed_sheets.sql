{{ stage('landed_sheets') }}
