-- One row per unit, reporting period and dataset: the submission in force, which is the latest accepted one.
-- Latest by declared version, then by time of receipt. A rejected correction leaves the last accepted one in force.
select
    unit_code,
    reporting_period,
    month,
    dataset,
    submission_id,
    sheet_state,
    version,
    received_at,
    changed_at,
    state,
    warnings,
    waived
from {{ ref('int_judged_submissions') }}
where is_accepted
qualify row_number() over (
    partition by unit_code, reporting_period, dataset
    order by version desc nulls last, received_at desc nulls last, submission_id
) = 1
