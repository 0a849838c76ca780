{#
  The bureau's rulings are dated CSV files of the home; * stands for all, a former code for the unit in force. As
  orchestration/rulings.py and deadlines.py.
#}
{% macro ruling(kind, columns) -%}
select
    {%- for name, data_type in columns.items() %}
    {%- set said = "nullif(trim(ruled." ~ name ~ "), '')" %}
    {%- if name == 'unit_code' %}
    coalesce(codes.unit_code, {{ said }}) as unit_code{{ "," if not loop.last }}
    {%- else %}
    cast({{ said }} as {{ data_type }}) as {{ name }}{{ "," if not loop.last }}
    {%- endif %}
    {%- endfor %}
from {{ adapter.dispatch('units_file')(env_var('ZHENXING_' ~ kind)) }} as ruled
left join {{ ref('int_unit_codes') }} as codes on trim(ruled.unit_code) = codes.code
{%- endmacro %}

{% macro concerns(ruled, value) -%}
    {{ ruled }} in ('*', {{ value }})
{%- endmacro %}

{#
  Gives each row of a relation with unit_code, dataset, reporting_period and day (on which it sends) the columns due_on and
  close_on of the window that counts: the period's own while it is open, else the latest reopening under way. A dataset
  of null asks for a workbook as a whole, which any reopening of its unit and period lets in.
#}
{% macro with_window(relation) -%}
select
    asked.*,
    coalesce(reopenings.due_on, periods.due_on) as due_on,
    coalesce(reopenings.close_on, periods.close_on) as close_on
from {{ relation }} as asked
left join {{ ref('dim_period') }} as periods on asked.reporting_period = periods.reporting_period
left join {{ ref('stg_reopenings') }} as reopenings
    on
        asked.day > periods.close_on
        and asked.day between reopenings.opens_on and reopenings.close_on
        and {{ concerns('reopenings.unit_code', 'asked.unit_code') }}
        and (asked.dataset is null or {{ concerns('reopenings.dataset', 'asked.dataset') }})
        and {{ concerns('reopenings.reporting_period', 'asked.reporting_period') }}
qualify row_number() over (
    partition by asked.window_key order by reopenings.close_on desc nulls last, reopenings.due_on desc nulls last
) = 1
{%- endmacro %}
