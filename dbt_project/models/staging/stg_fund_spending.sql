{{ stage('fund_spending') }}
