-- The indicator dictionary of dim_indicator.yml as a table.
{%- set dictionary = indicators() %}
{%- for indicator in dictionary %}
select
    cast({{ loop.index }} as integer) as position,
    {{ literal(indicator.key) }} as figure_key,
    {{ literal(indicator.label) }} as label_zh,
    {{ literal(indicator.section) }} as section,
    {{ literal(indicator.kind) }} as kind,
    {{ literal(indicator.unit) }} as unit,
    {{ literal(indicator.print.scale) }} as scale,
    {{ literal(indicator.print.measure) }} as measure_word,
    cast({{ indicator.print.decimals }} as integer) as decimals,
    {{ literal(indicator.print.style or 'number') }} as style,
    {{ literal(indicator.dataset) }} as dataset,
    {{ literal(indicator.measure) }} as measure,
    {{ literal(indicator.where) }} as condition,
    {{ literal(indicator.of[0] if indicator.of else none) }} as numerator,
    {{ literal(indicator.of[1] if indicator.of else none) }} as denominator,
    {{ literal(indicator.stated_by | join(',')) }} as stated_by,
    {{ 'true' if indicator.in_bulletin is not defined or indicator.in_bulletin else 'false' }} as in_bulletin,
    {{ literal(indicator.definition) }} as definition_zh
{%- if not loop.last %}
union all
{%- endif %}
{%- else %}
select 1
{%- endfor %}
