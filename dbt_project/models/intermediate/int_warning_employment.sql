-- The people in work of each township beside the unit's report before, by its first row.
with townships as (
    select
        facts.reporting_period,
        facts.unit_code,
        facts.township,
        periods.start_on,
        cast(sum(facts.people) as integer) as people,
        facts.submission_id,
        facts.source_sheet,
        cast(min(facts.source_row) as integer) as source_row
    from {{ ref('fct_employment') }} as facts
    inner join {{ ref('dim_period') }} as periods on facts.reporting_period = periods.reporting_period
    group by
        facts.reporting_period, facts.unit_code, facts.township, periods.start_on, facts.submission_id, facts.source_sheet
),

reported as (
    select
        reporting_period,
        unit_code,
        lag(reporting_period) over (partition by unit_code order by start_on) as previous_period
    from (select distinct reporting_period, unit_code, start_on from townships) as periods_of_units
)

select
    townships.reporting_period,
    townships.unit_code,
    townships.township as subject,
    cast(null as string) as household_no,
    cast(null as string) as masked_name,
    townships.township,
    cast(null as string) as village,
    townships.people,
    held.people as previous_people,
    townships.submission_id,
    townships.source_sheet,
    townships.source_row
from townships
inner join reported
    on townships.reporting_period = reported.reporting_period and townships.unit_code = reported.unit_code
left join townships as held
    on
        reported.previous_period = held.reporting_period
        and townships.unit_code = held.unit_code
        and townships.township = held.township
