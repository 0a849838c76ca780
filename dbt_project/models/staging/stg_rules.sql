{{ stage('rules') }}
where cast(in_force_from as timestamp) <= {{ as_of() }}
