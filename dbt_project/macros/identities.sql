{#
  What must hold between figures, as audit_identities.yml declares it. Empty while dbt parses. A unit test gives its
  own by overriding this macro.
#}
{% macro identities() -%}
    {%- if execute -%}
        {{ return(graph.nodes['model.zhenxing.audit_identities'].config.meta.identities) }}
    {%- endif -%}
    {{ return([]) }}
{%- endmacro %}
