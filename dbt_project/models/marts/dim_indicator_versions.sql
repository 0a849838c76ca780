-- Every definition an indicator has had, and the months in which it is valid.
select *
from (
    values
    {%- for indicator in indicators() %}
    {%- for version in versions_of(indicator) %}
    (
        {{ literal(indicator.key) }},
        cast({{ loop.index }} as integer),
        {{ literal(version.from) }},
        {{ literal(version.until) }},
        {{ literal(version.measure) }},
        {{ literal(version.where) }},
        {{ literal(version.formula) }},
        {{ literal(version.definition) }}
    ),
    {%- endfor %}
    {%- endfor %}
    (null, null, null, null, null, null, null, null)
) as definitions (
    figure_key,
    version,
    valid_from,
    valid_until,
    measure,
    condition,
    formula_zh,
    definition_zh
)
where figure_key is not null
