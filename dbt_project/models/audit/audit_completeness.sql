-- What each unit owed in a period and what was accepted of it, with the sheets that are wanting. What a unit is exempt from it does
-- not owe; a month that nobody has reported on is not judged.
select
    reporting_period,
    unit_code,
    cast(count(*) as integer) as owed,
    cast(count(*) filter (where status in ('accepted', 'nil_return', 'partly_accepted')) as integer) as accepted,
    cast(count(*) filter (where status in ('not_due', 'overdue')) as integer) as not_submitted,
    cast(count(*) filter (where status = 'returned') as integer) as returned,
    cast(count(*) filter (where status = 'pending') as integer) as pending,
    {{ ordered_list("case when status in ('not_due', 'overdue', 'returned', 'pending') then sheet end", 'dataset') }} as wanting_sheets
from {{ ref('rpt_submission_status') }}
where status <> 'exempt' and reporting_period in (select reporting_period from {{ ref('stg_submissions') }})
group by reporting_period, unit_code
