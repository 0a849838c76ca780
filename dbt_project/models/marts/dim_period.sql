-- The calendar of reporting periods with the days on which submissions are due and the period closes.
with periods as (
    select *
    from (
        values
        {%- for key, cadence, start, last in reporting_periods() %}
        ('{{ key }}', '{{ cadence }}', date '{{ start }}', date '{{ last }}'){{ "," if not loop.last }}
        {%- endfor %}
    ) as calendar (reporting_period, cadence, start_on, end_on)
)

select
    periods.reporting_period,
    periods.cadence,
    cadences.name_zh as cadence_zh,
    cast(substr(periods.reporting_period, 1, 4) as integer) as period_year,
    periods.start_on,
    periods.end_on,
    cast(periods.end_on + cadences.due_days as date) as due_on,
    cast(periods.end_on + cadences.close_days as date) as close_on,
    lag(periods.reporting_period) over (partition by periods.cadence order by periods.start_on) as previous_period,
    years_before.reporting_period as year_before_period
from periods
inner join {{ ref('reporting_cadences') }} as cadences on periods.cadence = cadences.cadence
-- The week of the same number; a week 53 has none in most years.
left join periods as years_before
    on
        cast(cast(substr(periods.reporting_period, 1, 4) as integer) - 1 as string) || substr(periods.reporting_period, 5)
        = years_before.reporting_period
