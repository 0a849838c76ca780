{{ stage('bridging_funds') }}
