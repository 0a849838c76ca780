{# Schemas are named staging, intermediate, marts and audit exactly: a reader's query names them. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
