-- Every unit that ended, with each unit that goes on after it and from when: ended is the last month before, until the last
-- month of it, null while it lasts.
with recursive units as (
    select
        code,
        reports_to,
        successor_code
    from {{ ref('stg_reporting_units') }}
    where successor_code is not null
),

successions as (
    select
        code as unit_code,
        successor_code,
        reports_to as ended
    from units
    union all
    select
        successions.unit_code,
        units.successor_code,
        units.reports_to as ended
    from successions
    inner join units on successions.successor_code = units.code
)

select
    unit_code,
    successor_code,
    ended,
    lead(ended) over (partition by unit_code order by ended) as until
from successions
