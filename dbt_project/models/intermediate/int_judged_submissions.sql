-- One row per submission and dataset: what became of its sheet, what the rules said last, and whether it is accepted.
-- Accepted: the sheet was landed and judged (or declared nil), and no error-level rule failed or could not run.
-- A period outside the calendar is nobody's to report on: one cover's slip must not stop the province.
with latest_verdicts as (
    select *
    from {{ ref('stg_verdicts') }}
    where
        scope in ('file', 'structure')
        and submission_id is not null
    qualify row_number() over (
        partition by submission_id, dataset, rule_code order by judged_at desc nulls last, verdict_id
    ) = 1
),

verdicts as (
    select
        submission_id,
        dataset,
        cast(count(*) filter (where severity = 'error' and outcome <> 'passed') as integer) as errors,
        cast(count(*) filter (where severity = 'warning' and outcome = 'failed') as integer) as warnings
    from latest_verdicts
    group by submission_id, dataset
),

judged_files as (
    select distinct submission_id from latest_verdicts
),

sheets as (
    select *
    from {{ ref('stg_landed_sheets') }}
    where state in ('landed', 'nil', 'missing')
),

judged as (
    select
        sheets.submission_id,
        sheets.dataset,
        coalesce(codes.unit_code, submissions.unit_code) as unit_code,
        submissions.reporting_period,
        submissions.version,
        submissions.received_at,
        periods.reporting_period is not null as is_in_calendar,
        sheets.state as sheet_state,
        verdicts.dataset is not null
        or (sheets.state = 'nil' and judged_files.submission_id is not null) as is_judged,
        coalesce(verdicts.errors, 0) as errors,
        coalesce(verdicts.warnings, 0) as warnings
    from sheets
    inner join {{ ref('stg_submissions') }} as submissions on sheets.submission_id = submissions.submission_id
    left join {{ ref('int_unit_codes') }} as codes on submissions.unit_code = codes.code
    left join {{ ref('dim_period') }} as periods on submissions.reporting_period = periods.reporting_period
    left join verdicts on sheets.submission_id = verdicts.submission_id and sheets.dataset = verdicts.dataset
    left join judged_files on sheets.submission_id = judged_files.submission_id
)

select
    *,
    is_in_calendar and sheet_state in ('landed', 'nil') and is_judged and errors = 0 as is_accepted
from judged
