{#
  Two clocks. What a build knows ends at its moment: now for a night, the moment of a past publication for a build as of
  then. Read only while a model runs, so that a new moment makes dbt parse nothing anew.
#}
{% macro as_of() -%}
    {%- if execute -%}
    cast('{{ env_var("ZHENXING_AS_OF", "9999-12-31 00:00:00") }}' as timestamp)
    {%- else -%}
    cast('9999-12-31 00:00:00' as timestamp)
    {%- endif -%}
{%- endmacro %}

{# The day of a moment (UTC) where the bureau is. China has had one time zone without summer time since 1992. #}
{% macro shanghai_day(moment) -%}
    cast({{ moment }} + interval '8' hour as date)
{%- endmacro %}

{# What earlier publications said: a table of the ledger, up to the last publication that counts for this build. #}
{% macro ledger(table, columns) -%}
    {%- set until = env_var('ZHENXING_LEDGER_UNTIL', '0') | int if execute else 0 -%}
    {%- if until > 0 -%}
    select
        {%- for name, data_type in columns.items() %}
        cast({{ name }} as {{ data_type }}) as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ adapter.dispatch('ledger_files')(env_var('ZHENXING_LEDGER') ~ '/' ~ table, columns) }}
    where number <= {{ until }}
    {%- else -%}
    select
        {%- for name, data_type in columns.items() %}
        cast(null as {{ data_type }}) as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    where false
    {%- endif -%}
{%- endmacro %}

{# A column that older entries do not have is null in them. #}
{% macro duckdb__ledger_files(folder, columns) -%}
    (
        select
            {%- for name, data_type in columns.items() %}
            cast(null as {{ data_type }}) as {{ name }}{{ "," if not loop.last }}
            {%- endfor %}
        where false
        union all by name
        select * from read_parquet('{{ folder | replace("'", "''") }}/*.parquet', union_by_name = true)
    ) as entries
{%- endmacro %}
