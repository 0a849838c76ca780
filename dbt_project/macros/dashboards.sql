{#
  The marts that dashboards read: registers counted by county, period and a few of their columns, with the names a reader
  needs. Counts and sums only, so that they add up to any level; a row speaks of no person.
#}

{# by: {column: expression}, counts: {column: [aggregate, type]}, over the rows of a fact that share unit, period and `by`. #}
{% macro counted_by_unit(fact, by, counts) -%}
with counted as (
    select
        reporting_period,
        unit_code,
        {%- for column, expression in by.items() %}
        {{ expression }} as {{ column }},
        {%- endfor %}
        {%- for column, (aggregate, data_type) in counts.items() %}
        cast({{ aggregate }} as {{ data_type }}) as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref(fact) }}
    group by
        reporting_period,
        unit_code
        {%- for expression in by.values() %},
        {{ expression }}
        {%- endfor %}
)

select
    {{ named_unit('counted') }}
    {%- for column in (by.keys() | list) + (counts.keys() | list) %},
    counted.{{ column }}
    {%- endfor %}
from counted
{{ unit_names('counted') }}
{%- endmacro %}

{# Period and unit of a row as every dashboard filters by them; goes with unit_names. #}
{% macro named_unit(relation) -%}
    {{ relation }}.reporting_period,
    periods.cadence_zh,
    {{ relation }}.unit_code,
    units.unit_name,
    units.kind as unit_kind,
    units.city_code,
    units.city_name
{%- endmacro %}

{% macro unit_names(relation) -%}
inner join {{ ref('dim_reporting_unit') }} as units on {{ relation }}.unit_code = units.unit_code
inner join {{ ref('dim_period') }} as periods on {{ relation }}.reporting_period = periods.reporting_period
{%- endmacro %}

{# What is counted of the statuses of rpt_submission_status: {count: condition}. #}
{% macro reporting_flags() -%}
    {%- set in_force = "status in ('accepted', 'nil_return', 'partly_accepted')" -%}
    {{ return({
        'expected': "status <> 'exempt'",
        'received': "status <> 'exempt' and tries > 0",
        'accepted': in_force,
        'on_time': in_force ~ ' and on_time',
        'returned': "status = 'returned'",
        'overdue': "status = 'overdue'",
        'exempt': "status = 'exempt'",
    }) }}
{%- endmacro %}
