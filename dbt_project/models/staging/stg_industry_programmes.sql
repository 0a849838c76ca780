{{ stage('industry_programmes') }}
