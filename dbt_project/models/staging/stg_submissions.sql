{{ stage('submissions') }}
where cast(received_at as timestamp) <= {{ as_of() }}
