-- What each unit owed in a period and what was accepted of it, with the sheets that are wanting.
select
    reporting_period,
    unit_code,
    cast(count(*) as integer) as owed,
    cast(count(*) filter (where status in ('accepted', 'accepted_with_warnings', 'nil_return')) as integer) as accepted,
    cast(count(*) filter (where status = 'not_submitted') as integer) as not_submitted,
    cast(count(*) filter (where status = 'returned') as integer) as returned,
    cast(count(*) filter (where status = 'pending') as integer) as pending,
    {{ ordered_list("case when status in ('not_submitted', 'returned', 'pending') then sheet end", 'dataset') }} as wanting_sheets
from {{ ref('rpt_submission_status') }}
group by reporting_period, unit_code
