-- One row per reporting period, unit (county, city, province) and indicator: the exact value in base unit.
-- Generated from the indicator dictionary, each figure by the definition valid in its period; each fact is read once for
-- all its indicators. Distinct things are
-- counted anew on each level, so a supplier selling from two counties is one supplier of the province.
{%- set facts = facts_by_dataset() %}
{%- set measured = indicators() | selectattr('measure', 'defined') | list %}

with units as (
    select * from {{ ref('int_unit_ancestors') }}
),

dictionary as (
    select * from {{ ref('dim_indicator') }}
),

-- Units that reported a dataset: their figure is 0, not absent, where they have nothing to count.
reporting as (
    select distinct
        submissions.reporting_period,
        units.ancestor_code as unit_code,
        submissions.dataset
    from {{ ref('int_current_submissions') }} as submissions
    inner join units on submissions.unit_code = units.unit_code
),
{% for relation in facts.values() | unique(attribute='identifier') | sort(attribute='identifier') %}
{{ relation.identifier }}_by_unit as (
    select
        facts.reporting_period,
        units.ancestor_code as unit_code
        {%- for indicator in measured if facts[indicator.dataset] == relation %},
        cast({{ by_version(indicator, 'measure', 'facts.reporting_period') }} as decimal(38, 10)) as {{ indicator.key }},
        {%- if indicator.data_through %}
        {{ by_version(indicator, 'data_through', 'facts.reporting_period') }}
        {%- else %}
        cast(null as string)
        {%- endif %} as {{ indicator.key }}_through
        {%- endfor %}
    from {{ relation }} as facts
    inner join units on facts.unit_code = units.unit_code
    group by facts.reporting_period, units.ancestor_code
),
{% endfor %}
counted as (
    {%- for indicator in measured %}
    select
        reporting_period,
        unit_code,
        '{{ indicator.key }}' as figure_key,
        {{ indicator.key }} as value,
        {{ indicator.key }}_through as data_through
    from {{ facts[indicator.dataset].identifier }}_by_unit
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- else %}
    select
        cast(null as string) as reporting_period,
        cast(null as string) as unit_code,
        cast(null as string) as figure_key,
        cast(null as decimal(38, 10)) as value,
        cast(null as string) as data_through
    where false
    {%- endfor %}
),

expected as (
    select
        reporting.reporting_period,
        reporting.unit_code,
        dictionary.figure_key,
        case
            when dictionary.measure like 'count(%' or dictionary.measure like 'sum(%'
                then cast(0 as decimal(38, 10))
        end as value
    from reporting
    inner join dictionary on reporting.dataset = dictionary.dataset
),

filled as (
    select
        coalesce(counted.reporting_period, expected.reporting_period) as reporting_period,
        coalesce(counted.unit_code, expected.unit_code) as unit_code,
        coalesce(counted.figure_key, expected.figure_key) as figure_key,
        coalesce(counted.value, expected.value) as value,
        counted.data_through
    from counted
    full outer join expected
        on
            counted.reporting_period = expected.reporting_period
            and counted.unit_code = expected.unit_code
            and counted.figure_key = expected.figure_key
    where expected.figure_key is not null or counted.value <> 0
),

measured as (
    select *
    from filled
    where
        value is not null
        {{- and_is_defined('figure_key', 'reporting_period') }}
),

ratios as (
    select
        numerators.reporting_period,
        numerators.unit_code,
        dictionary.figure_key,
        {{ ratio('numerators.value', 'denominators.value') }} as value,
        numerators.data_through
    from dictionary
    inner join measured as numerators on dictionary.numerator = numerators.figure_key
    inner join measured as denominators
        on
            dictionary.denominator = denominators.figure_key
            and numerators.reporting_period = denominators.reporting_period
            and numerators.unit_code = denominators.unit_code
    where denominators.value <> 0
)

select
    reporting_period,
    unit_code,
    figure_key,
    cast(value as decimal(38, 10)) as value,
    data_through
from measured
union all
select
    reporting_period,
    unit_code,
    figure_key,
    cast(value as decimal(38, 10)) as value,
    data_through
from ratios
