{{ stage('verdicts') }}
where cast(judged_at as timestamp) <= {{ as_of() }}
