{#
  What is watched for outliers, as audit_outliers.yml declares it. Empty while dbt parses. A unit test gives its own
  by overriding this macro.
#}
{% macro outlier_settings() -%}
    {%- if execute -%}
        {{ return(graph.nodes['model.zhenxing.audit_outliers'].config.meta.outliers) }}
    {%- endif -%}
    {{ return({'measures': [], 'floor': '0.05', 'limit': 3.5, 'least_history': 6, 'least_peers': 10}) }}
{%- endmacro %}

{# The exact median of a decimal(28, 4) and the number of values, by the columns `keys`: no engine's own median, which is a double. #}
{% macro median_of(relation, keys, value) -%}
    select
        {{ keys }},
        max(points) as points,
        cast(
            sum(case when 2 * place between points and points + 2 then {{ value }} end)
            * case when max(points) % 2 = 1 then 1.0 else 0.5 end
            as decimal(28, 4)
        ) as median
    from (
        select
            {{ keys }},
            {{ value }},
            row_number() over (partition by {{ keys }} order by {{ value }}) as place,
            count(*) over (partition by {{ keys }}) as points
        from {{ relation }}
    ) as placed
    group by {{ keys }}
{%- endmacro %}
