{{ stage('product_submissions') }}
