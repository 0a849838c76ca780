{{ stage('decisions') }}
where cast(decided_at as timestamp) <= {{ as_of() }}
