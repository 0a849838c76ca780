{{ stage('resident_teams') }}
