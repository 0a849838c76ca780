-- How complete and how punctual reporting is: of what units owe, how much was accepted, and how much of it in time.
-- A version in force counts although a later one was returned; what a unit is exempt from is not expected of it.
with owed as (
    select
        statuses.*,
        units.ancestor_code
    from {{ ref('rpt_submission_status') }} as statuses
    inner join {{ ref('int_unit_ancestors') }} as units on statuses.unit_code = units.unit_code
),

grouped as (
    select
        reporting_period,
        ancestor_code as unit_code,
        coalesce(dataset, 'all') as dataset,
        {%- for count, condition in reporting_flags().items() %}
        count(*) filter (where {{ condition }}) as {{ count }}{{ "," if not loop.last }}
        {%- endfor %}
    from owed
    group by grouping sets ((reporting_period, ancestor_code, dataset), (reporting_period, ancestor_code))
)

select
    grouped.reporting_period,
    grouped.unit_code,
    units.kind,
    grouped.dataset,
    {%- for count in reporting_flags() %}
    cast(grouped.{{ count }} as integer) as {{ count }},
    {%- endfor %}
    {%- for rate, numerator in [('completeness', 'accepted'), ('on_time_rate', 'on_time')] %}
    cast(
        case when grouped.expected > 0 then
            {{ ratio('cast(grouped.' ~ numerator ~ ' as decimal(38, 10))', 'cast(grouped.expected as decimal(38, 10))') }}
        end as decimal(38, 10)
    ) as {{ rate }}{{ "," if not loop.last }}
    {%- endfor %}
from grouped
inner join {{ ref('dim_period') }} as periods on grouped.reporting_period = periods.reporting_period
inner join {{ ref('dim_reporting_unit') }} as units
    on grouped.unit_code = units.unit_code and {{ in_force('units', month_in('periods.end_on')) }}
