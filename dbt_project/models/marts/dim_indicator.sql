-- The indicator dictionary of dim_indicator.yml as a table.
select *
from (
    values
    {%- for indicator in indicators() %}
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
        {{ literal(indicator.measure) }},
        {{ literal(indicator.where) }},
        {{ literal(indicator.of[0] if indicator.of else none) }},
        {{ literal(indicator.of[1] if indicator.of else none) }},
        {{ literal(indicator.stated_by | join(',')) }},
        {{ 'true' if indicator.in_bulletin is not defined or indicator.in_bulletin else 'false' }},
        {{ literal(indicator.definition) }}
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
    definition_zh
)
