-- Each monitored household beside its own row of the unit's register before, with the province's income line of the year.
with income_lines as (
    {%- for line in warning_settings().income_lines %}
    select '{{ line.province }}' as province, {{ line.year }} as line_year, cast({{ line.amount }} as decimal(18, 2)) as amount
    union all
    {%- endfor %}
    select '', 0, cast(0 as decimal(18, 2)) where false
),

registers as (
    select
        facts.*,
        coalesce(income_lines.amount, facts.income_threshold) as income_line,
        cast(extract(year from periods.end_on) * 12 + extract(month from periods.end_on) as integer) as month_number
    from {{ ref('fct_monitored_households') }} as facts
    inner join {{ ref('dim_period') }} as periods on facts.reporting_period = periods.reporting_period
    left join income_lines
        on substr(facts.unit_code, 1, 2) = income_lines.province and periods.period_year = income_lines.line_year
)

select
    present.reporting_period,
    present.unit_code,
    present.household_no as subject,
    present.household_no,
    landed.head_name as masked_name,
    present.township,
    present.village,
    present.members,
    present.labour_members,
    present.risk_1,
    present.risk_2,
    present.identified_month,
    cast(
        present.month_number
        - cast(substr(present.identified_month, 1, 4) as integer) * 12 - cast(substr(present.identified_month, 6, 2) as integer)
        as integer
    ) as months_monitored,
    present.net_income_per_head,
    cast(present.net_income_per_head * present.members as decimal(28, 2)) as household_income,
    present.income_line,
    present.out_of_pocket,
    present.measures,
    present.measures_started_month,
    present.risk_eliminated,
    held.net_income_per_head as previous_income,
    held.income_line as previous_income_line,
    held.out_of_pocket as previous_out_of_pocket,
    held.risk_eliminated as previous_risk_eliminated,
    present.submission_id,
    present.source_sheet,
    present.source_row
from registers as present
left join {{ ref('audit_predecessors') }} as pairs
    on
        present.reporting_period = pairs.reporting_period
        and present.unit_code = pairs.unit_code
        and pairs.dataset = 'monitored_households'
left join registers as held
    on
        pairs.previous_period = held.reporting_period
        and present.unit_code = held.unit_code
        and present.household_no = held.household_no
left join {{ ref('stg_monitored_households') }} as landed
    on
        present.submission_id = landed.submission_id
        and present.source_sheet = landed.source_sheet
        and present.source_row = landed.source_row
