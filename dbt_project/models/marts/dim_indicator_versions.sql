-- Every definition an indicator has had, and the months in which it is valid. The last one is the dictionary's.
select
    figure_key,
    cast(
        1
        {%- for indicator in indicators() if indicator.versions %}
        + case when figure_key = '{{ indicator.key }}' then {{ indicator.versions | length - 1 }} else 0 end
        {%- endfor %} as integer
    ) as version,
    valid_from,
    valid_until,
    measure,
    condition,
    formula_zh,
    definition_zh
from {{ ref('dim_indicator') }}
{%- for indicator in indicators() if indicator.versions %}
{%- for version in versions_of(indicator)[:-1] %}
union all
select
    '{{ indicator.key }}',
    cast({{ loop.index }} as integer),
    {{ literal(version.from) }},
    {{ literal(version.until) }},
    {{ literal(version.measure) }},
    {{ literal(version.where) }},
    {{ literal(version.formula) }},
    {{ literal(version.definition) }}
{%- endfor %}
{%- endfor %}
