{#
  How models read what was landed. source() gives the lineage; the rows come from the Parquet files themselves.
  The engine-specific reading is dispatched: another engine needs its own *__landed_files and no other change.
#}
{% macro landed(dataset) -%}
    {%- do source('lake', dataset) -%}
    {{ adapter.dispatch('landed_files')(env_var('ZHENXING_LAKE') ~ '/' ~ dataset) }}
{%- endmacro %}

{# Period folders where there are any; a period like 2021 stays text. #}
{% macro duckdb__landed_files(folder) -%}
    read_parquet(
        '{{ folder | replace("'", "''") }}/**/*.parquet',
        hive_partitioning = true, hive_types_autocast = false, union_by_name = true
    )
{%- endmacro %}

{# The province's units, by the list of the home. #}
{% macro reporting_units_file() -%}
    {{ adapter.dispatch('units_file')(env_var('ZHENXING_UNITS')) }}
{%- endmacro %}

{# Commas whatever stands in the text, and lines ended by different programs: nothing is left to guessing. #}
{% macro duckdb__units_file(path) -%}
    read_csv(
        '{{ path | replace("'", "''") }}',
        header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', strict_mode = false
    )
{%- endmacro %}

{# Casts every landed column to the type its card (or control table) declares. #}
{% macro stage(dataset) -%}
select
    {%- for column in landed_columns(dataset, masked_names=true) %}
    cast({{ column.name }} as {{ column.data_type }}) as {{ column.name }}{{ "," if not loop.last }}
    {%- else %}
    *
    {%- endfor %}
from {{ landed(dataset) }}
{%- endmacro %}

{# Columns of a landed table, lineage included: [{name, data_type}]. Empty while dbt parses. Masked names are for staging. #}
{% macro landed_columns(dataset, masked_names=false) -%}
    {%- set columns = [] -%}
    {%- for table in lake_tables() if table.name == dataset -%}
        {%- set lineage = table.config.meta.get('sheet') is not none -%}
        {%- if lineage -%}
            {%- do columns.extend([
                {'name': 'submission_id', 'data_type': 'string'},
                {'name': 'unit_code', 'data_type': 'string'},
                {'name': 'reporting_period', 'data_type': 'string'},
            ]) -%}
        {%- endif -%}
        {%- for column in table.columns.values()
            if column.config.meta.get('personal') not in ('name', 'phone') or (masked_names and column.config.meta.get('masked'))
        -%}
            {%- do columns.append({'name': column.name, 'data_type': column.data_type}) -%}
        {%- endfor -%}
        {%- if lineage -%}
            {%- do columns.extend([
                {'name': 'source_sheet', 'data_type': 'string'},
                {'name': 'source_row', 'data_type': 'integer'},
            ]) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{% macro lake_tables() -%}
    {%- set tables = [] -%}
    {%- if execute -%}
        {%- for table in graph.sources.values() if table.source_name == 'lake' -%}
            {%- do tables.append(table) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(tables) }}
{%- endmacro %}

{# The cards: [{dataset, sheet, submitted_by, cadences}]. Control tables are no cards. #}
{% macro cards() -%}
    {%- set cards = [] -%}
    {%- for table in lake_tables() if table.config.meta.get('sheet') -%}
        {%- set meta = table.config.meta -%}
        {%- do cards.append({
            'dataset': table.name, 'sheet': meta.sheet, 'submitted_by': meta.submitted_by, 'cadences': meta.cadences,
            'fact': meta.fact,
        }) -%}
    {%- endfor -%}
    {{ return(cards | sort(attribute='dataset')) }}
{%- endmacro %}
