-- Additive figures (counts of rows, sums) level by level: a city's must be the sum of its counties', and the province's
-- the sum of its cities', each plus the rows that speak of the city or province itself.
{%- set facts = facts_by_dataset() %}
{%- set additive = [] %}
{%- for indicator in indicators() if is_additive(indicator) %}{% do additive.append(indicator) %}{% endfor %}
with units as (
    select
        unit_code,
        kind,
        parent_code,
        reports_from,
        reports_to
    from {{ ref('dim_reporting_unit') }}
),

own as (
    {%- for indicator in additive %}
    select
        facts.reporting_period,
        facts.unit_code,
        '{{ indicator.key }}' as figure_key,
        cast({{ by_version(indicator, 'measure', 'facts.reporting_period') }} as decimal(38, 10)) as value
    from {{ facts[indicator.dataset] }} as facts
    inner join units on facts.unit_code = units.unit_code and units.kind <> 'county'
    group by facts.reporting_period, facts.unit_code
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- else %}
    select
        cast(null as string) as reporting_period,
        cast(null as string) as unit_code,
        cast(null as string) as figure_key,
        cast(null as decimal(38, 10)) as value
    where false
    {%- endfor %}
),

children as (
    select
        figures.reporting_period,
        units.parent_code as unit_code,
        figures.figure_key,
        sum(figures.value) as value
    from {{ ref('int_figures') }} as figures
    inner join {{ ref('dim_period') }} as periods on figures.reporting_period = periods.reporting_period
    inner join units
        on
            figures.unit_code = units.unit_code
            and units.parent_code is not null
            and {{ in_force('units', month_in('periods.end_on')) }}
    group by figures.reporting_period, units.parent_code, figures.figure_key
),

levels as (
    select
        figures.reporting_period,
        figures.unit_code,
        units.kind as unit_kind,
        figures.figure_key,
        figures.value,
        cast(coalesce(children.value, 0) as decimal(38, 10)) as children_value,
        cast(coalesce(own.value, 0) as decimal(38, 10)) as own_value
    from {{ ref('int_figures') }} as figures
    inner join units on figures.unit_code = units.unit_code and units.kind <> 'county'
    left join children
        on
            figures.reporting_period = children.reporting_period
            and figures.unit_code = children.unit_code
            and figures.figure_key = children.figure_key
    left join own
        on
            figures.reporting_period = own.reporting_period
            and figures.unit_code = own.unit_code
            and figures.figure_key = own.figure_key
    where figures.figure_key in (
        {%- for indicator in additive %}'{{ indicator.key }}'{{ ", " if not loop.last }}{% else %}''{% endfor -%}
    )
)

select
    *,
    cast(value - children_value - own_value as decimal(38, 10)) as difference,
    case when value = children_value + own_value then 'exact' else 'impossible' end as verdict
from levels
