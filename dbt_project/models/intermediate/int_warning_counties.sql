-- What audit_outliers finds outlying of a county's monitored households and people in work: each measure once, by the basis
-- that it strays from most.
select
    reporting_period,
    unit_code,
    measure as subject,
    cast(null as string) as household_no,
    cast(null as string) as masked_name,
    cast(null as string) as township,
    cast(null as string) as village,
    title_zh,
    unit,
    case basis when 'history' then '本县历史' else '同期各县' end as basis_zh,
    value,
    median,
    series,
    submission_id,
    source_sheet,
    cast(null as integer) as source_row
from {{ ref('audit_outliers') }}
where verdict = 'outlying' and measure in ('households', 'households_change', 'employment', 'employment_change')
qualify row_number() over (
    partition by reporting_period, unit_code, measure order by abs(score) desc, basis
) = 1
