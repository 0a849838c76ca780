-- The warnings that rpt_warnings.yml declares, found in what each relation has of every period. A warning that stood in the
-- unit's report before keeps the period in which it was first raised.
{%- set settings = warning_settings() %}
{%- set relations = warning_relations() %}
with found as (
    {%- for warning in settings.warnings %}
    select
        reporting_period,
        unit_code,
        {{ literal(warning.code) }} as warning_code,
        {{ literal(warning.title) }} as title_zh,
        {{ literal(warning.level) }} as level_zh,
        {{ literal(warning.subject) }} as subject_kind,
        subject,
        household_no,
        masked_name,
        township,
        village,
        {{ with_parameters(warning.reason, warning) }} as reason_zh,
        cast({{ warning.found or 'null' }} as decimal(28, 4)) as found,
        cast({{ warning.compared or 'null' }} as decimal(28, 4)) as compared,
        {{ literal(warning.source) }} as rule_source,
        {{ literal(warning.strength) }} as strength,
        cast({{ settings.deadlines[warning.subject].days }} as integer) as days_to_look,
        submission_id,
        source_sheet,
        source_row
    from {{ relations[warning.from] }}
    where {{ with_parameters(warning.when, warning) }}
    union all
    {%- endfor %}
    select
        '', '', '', '', '', '', '', '', '', '', '', '', cast(0 as decimal(28, 4)), cast(0 as decimal(28, 4)), '', '',
        0, '', '', 0
    where false
),

-- The reports of a unit one after the other, by cadence: a month in which it sent none breaks no run.
reports as (
    select
        units.reporting_period,
        units.unit_code,
        periods.end_on,
        periods.cadence,
        row_number() over (partition by units.unit_code, periods.cadence order by periods.start_on) as place
    from (select distinct reporting_period, unit_code from {{ ref('int_current_submissions') }}) as units
    inner join {{ ref('dim_period') }} as periods on units.reporting_period = periods.reporting_period
),

placed as (
    select
        found.*,
        reports.end_on,
        reports.cadence,
        reports.place,
        -- Constant within an unbroken run.
        reports.place - row_number() over (
            partition by found.unit_code, found.warning_code, found.subject, reports.cadence order by reports.place
        ) as run
    from found
    inner join reports
        on found.reporting_period = reports.reporting_period and found.unit_code = reports.unit_code
),

followed as (
    select
        *,
        first_value(reporting_period) over in_run as first_period,
        first_value(end_on) over in_run as raised_on,
        row_number() over in_run as periods_standing,
        count(*) over (partition by reporting_period, unit_code, subject_kind, subject) as signs
    from placed
    window in_run as (partition by unit_code, warning_code, subject, cadence, run order by place)
)

select
    reporting_period,
    unit_code,
    warning_code,
    title_zh,
    {{ level_of('level_zh', 'subject_kind', 'signs') }} as level_zh,
    subject_kind,
    subject,
    household_no,
    masked_name,
    township,
    village,
    reason_zh,
    found,
    compared,
    cast(signs as integer) as signs,
    rule_source,
    strength,
    first_period,
    first_period = reporting_period as is_new,
    cast(periods_standing as integer) as periods_standing,
    raised_on,
    cast(raised_on + days_to_look as date) as look_by,
    cast(greatest(end_on - cast(raised_on + days_to_look as date), 0) as integer) as days_overdue,
    submission_id,
    source_sheet,
    source_row
from followed
