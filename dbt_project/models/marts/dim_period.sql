-- The calendar of reporting periods with the days on which submissions are due and the period closes.
with periods as (
    {%- for key, cadence, start, last in reporting_periods() %}
    select '{{ key }}' as reporting_period, '{{ cadence }}' as cadence, date '{{ start }}' as start_on, date '{{ last }}' as end_on
    {%- if not loop.last %} union all{% endif %}
    {%- endfor %}
)

select
    periods.reporting_period,
    periods.cadence,
    cadences.name_zh as cadence_zh,
    cast(substr(periods.reporting_period, 1, 4) as integer) as period_year,
    periods.start_on,
    periods.end_on,
    cast(periods.end_on + cadences.due_days as date) as due_on,
    cast(periods.end_on + cadences.close_days as date) as close_on
from periods
inner join {{ ref('reporting_cadences') }} as cadences on periods.cadence = cadences.cadence
