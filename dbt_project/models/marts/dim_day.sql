-- The days of dim_period, each with the periods it lies in. Metrics of the semantic layer count time by it.
with days as (
    select cast(weeks.start_on + places.place as date) as day
    from {{ ref('dim_period') }} as weeks
    cross join (values (0), (1), (2), (3), (4), (5), (6)) as places (place)
    where weeks.cadence = 'week'
)

select
    days.day,
    weeks.reporting_period as week,
    months.reporting_period as month,
    quarters.reporting_period as quarter,
    half_years.reporting_period as half_year,
    years.reporting_period as year
from days
{%- for cadence in ['week', 'month', 'quarter', 'half_year', 'year'] %}
inner join {{ ref('dim_period') }} as {{ cadence }}s
    on {{ cadence }}s.cadence = '{{ cadence }}' and days.day between {{ cadence }}s.start_on and {{ cadence }}s.end_on
{%- endfor %}
