-- The indicator dictionary of dim_indicator.yml as a table, each indicator as defined last.
{%- set meta = dictionary() %}
{%- set facts = facts_of_indicators(meta.indicators) %}
select *
from (
    values
    {%- for indicator in meta.indicators %}
    {%- set version = versions_of(indicator) | last %}
    (
        cast({{ loop.index }} as integer),
        {{ literal(indicator.key) }},
        {{ literal(indicator.label) }},
        {{ literal(indicator.section) }},
        {{ literal(indicator.kind) }},
        {{ literal(indicator.unit) }},
        {{ literal(indicator.print.scale) }},
        {{ literal(indicator.print.measure) }},
        cast({{ indicator.print.decimals }} as integer),
        {{ literal(indicator.print.style or 'number') }},
        {{ literal(indicator.dataset) }},
        {{ literal(version.measure) }},
        {{ literal(version.where) }},
        {{ literal(indicator.of[0] if indicator.of else none) }},
        {{ literal(indicator.of[1] if indicator.of else none) }},
        {{ literal(indicator.stated_by | join(',')) }},
        {{ 'true' if indicator.in_bulletin is not defined or indicator.in_bulletin else 'false' }},
        {{ literal(version.definition) }},
        {{ literal((indicator.aliases or []) | join('、')) }},
        {{ literal((indicator.context or []) | join('、')) }},
        {{ literal((indicator.measures or []) | join('、')) }},
        {{ literal(meta.sections[indicator.section].owner) }},
        {{ literal(indicator.target) }},
        {{ literal(version.formula) }},
        {{ literal(facts[indicator.key] | join('、')) }},
        {{ literal(version.from) }},
        {{ literal(version.until) }}
    ){{ "," if not loop.last }}
    {%- endfor %}
) as dictionary (
    position,
    figure_key,
    label_zh,
    section,
    kind,
    unit,
    scale,
    measure_word,
    decimals,
    style,
    dataset,
    measure,
    condition,
    numerator,
    denominator,
    stated_by,
    in_bulletin,
    definition_zh,
    aliases,
    context,
    measures,
    owner,
    target_key,
    formula_zh,
    fact,
    valid_from,
    valid_until
)
