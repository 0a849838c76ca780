{# Values of a group joined by 、 in the order of a column; nulls are left out. #}
{% macro ordered_list(value, ordering) -%}
    {{ adapter.dispatch('ordered_list')(value, ordering) }}
{%- endmacro %}

{% macro duckdb__ordered_list(value, ordering) -%}
    string_agg({{ value }}, '、' order by {{ ordering }})
{%- endmacro %}
