-- The moment up to which this build knows what was received and decided, and the bureau's day then.
select
    {{ as_of() }} as known_until,
    {{ shanghai_day(as_of()) }} as today
