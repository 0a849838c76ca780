{{ stage('hotline_12317') }}
