{{ stage('microcredit') }}
