{{ stage('stated_totals') }}
