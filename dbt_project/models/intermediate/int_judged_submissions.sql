-- One row per submission and dataset: what was landed of it, and what the audit decided. Undecided is pending.
-- A period outside the calendar is nobody's to report on: one cover's slip must not stop the province. What a unit sent for a
-- month before its first or after its last counts for nothing.
with sheets as (
    select *
    from {{ ref('stg_landed_sheets') }}
    where dataset is not null
)

select
    sheets.submission_id,
    sheets.dataset,
    coalesce(codes.unit_code, submissions.unit_code) as unit_code,
    submissions.reporting_period,
    {{ month_in('periods.end_on') }} as month,
    submissions.version,
    submissions.received_at,
    periods.reporting_period is not null as is_in_calendar,
    sheets.state as sheet_state,
    sheets.changed_at,
    coalesce(decisions.state, 'pending') as state,
    decisions.state is not null as is_judged,
    coalesce(decisions.errors, 0) as errors,
    coalesce(decisions.warnings, 0) as warnings,
    coalesce(decisions.waived, 0) as waived,
    periods.reporting_period is not null
    and coalesce(decisions.state in ('accepted', 'nil'), false)
    and {{ in_force('units', month_in('periods.end_on')) }} as is_accepted
from sheets
inner join {{ ref('stg_submissions') }} as submissions on sheets.submission_id = submissions.submission_id
left join {{ ref('int_unit_codes') }} as codes on submissions.unit_code = codes.code
left join {{ ref('stg_reporting_units') }} as units
    on coalesce(codes.unit_code, submissions.unit_code) = units.code
left join {{ ref('dim_period') }} as periods on submissions.reporting_period = periods.reporting_period
left join {{ ref('int_decisions') }} as decisions
    on sheets.submission_id = decisions.submission_id and sheets.dataset = decisions.dataset
