-- Each submission in force of a register beside the same unit's last one before it, of the same cadence. A register of
-- the year (projects, loans) starts anew in January and has no predecessor then.
with in_force as (
    select
        submissions.reporting_period,
        submissions.unit_code,
        submissions.dataset,
        submissions.submission_id,
        sheets.source_sheet,
        periods.cadence,
        periods.period_year,
        periods.start_on,
        periods.end_on
    from {{ ref('int_current_submissions') }} as submissions
    inner join {{ ref('dim_period') }} as periods on submissions.reporting_period = periods.reporting_period
    left join {{ ref('stg_landed_sheets') }} as sheets
        on submissions.submission_id = sheets.submission_id and submissions.dataset = sheets.dataset
    where submissions.dataset in ('monitored_households', 'projects', 'microcredit')
),

followed as (
    select
        *,
        lag(reporting_period) over unit_in_time as previous_period,
        lag(period_year) over unit_in_time as previous_year,
        lag(end_on) over unit_in_time as previous_end_on
    from in_force
    window unit_in_time as (partition by unit_code, dataset, cadence order by start_on)
)

select
    reporting_period,
    unit_code,
    dataset,
    submission_id,
    source_sheet,
    previous_period,
    -- The first month whose events the predecessor could not hold in full.
    substr(cast(cast(previous_end_on + interval '1' day as date) as string), 1, 7) as since_month
from followed
where previous_period is not null and (dataset = 'monitored_households' or previous_year = period_year)
