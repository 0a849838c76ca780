-- The days of dim_period's months, each with the periods it lies in. Metrics of the semantic layer count time by it.
with days as (
    select
        months.reporting_period as month,
        cast(months.start_on + places.place as date) as day
    from {{ ref('dim_period') }} as months
    cross join (
        values
        {%- for place in range(31) %}
        ({{ place }}){{ "," if not loop.last }}
        {%- endfor %}
    ) as places (place)
    where months.cadence = 'month' and cast(months.start_on + places.place as date) <= months.end_on
)

select
    days.day,
    weeks.reporting_period as week,
    days.month,
    quarters.reporting_period as quarter,
    half_years.reporting_period as half_year,
    years.reporting_period as year
from days
{%- for cadence in ['week', 'quarter', 'half_year', 'year'] %}
left join {{ ref('dim_period') }} as {{ cadence }}s
    on {{ cadence }}s.cadence = '{{ cadence }}' and days.day between {{ cadence }}s.start_on and {{ cadence }}s.end_on
{%- endfor %}
