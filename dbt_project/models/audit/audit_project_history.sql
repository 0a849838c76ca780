-- Each project that was arranged in the period before, in the same year and unit: it is still there, still arranged, and
-- still started if it was. A project that was only pooled may leave the pool.
with pairs as (
    select * from {{ ref('audit_predecessors') }} where dataset = 'projects'
)

select
    pairs.reporting_period,
    pairs.unit_code,
    pairs.previous_period,
    held.project_no,
    held.arranged_on as previous_arranged_on,
    held.started_on as previous_started_on,
    present.arranged_on,
    present.started_on,
    pairs.submission_id,
    pairs.source_sheet,
    present.source_row,
    case
        when present.project_no is null then 'vanished'
        when held.started_on is not null and present.started_on is null then 'not_started'
        when present.arranged_on is null then 'not_arranged'
        else 'exact'
    end as verdict
from pairs
inner join {{ ref('fct_projects') }} as held
    on pairs.unit_code = held.unit_code and pairs.previous_period = held.reporting_period
left join {{ ref('fct_projects') }} as present
    on
        pairs.unit_code = present.unit_code
        and pairs.reporting_period = present.reporting_period
        and held.project_no = present.project_no
where held.arranged_on is not null
