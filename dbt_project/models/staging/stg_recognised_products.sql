{{ stage('recognised_products') }}
