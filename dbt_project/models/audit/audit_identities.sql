-- Every declared identity on every unit's figures: computed from registers (exact), and as stated on 汇总表 (each total
-- an interval of half a unit of its last digit). Closed intervals: both sides agree when they share a point.
-- A computed ratio is its own quotient, so ratios are judged as stated only.
{%- set declared = identities() %}
{%- set ratios = indicators() | selectattr('of', 'defined') | list %}
with figures as (
    select
        reporting_period,
        unit_code,
        'computed' as basis,
        figure_key,
        value,
        value as low,
        value as high
    from {{ ref('int_figures') }}
    union all
    select
        reporting_period,
        unit_code,
        'stated' as basis,
        figure_key,
        cast(value as decimal(38, 10)) as value,
        cast(value - half_unit as decimal(38, 10)) as low,
        cast(value + half_unit as decimal(38, 10)) as high
    from {{ ref('fct_stated_totals') }}
    where figure_key is not null
),

identities as (
    {%- for identity in declared %}
    select
        '{{ identity.identity }}' as identity,
        {{ literal(identity.title_zh) }} as title_zh,
        '{{ identity.relation }}' as relation,
        '{{ identity.strength }}' as strength,
        cast({{ identity.left | length }} as integer) as parts,
        '{{ identity.right }}' as right_key,
        cast({{ identity.times or 1 }} as decimal(9, 0)) as times,
        cast(null as string) as times_key
    union all
    {%- endfor %}
    {%- for ratio in ratios %}
    select
        '{{ ratio.key }}' as identity,
        {{ literal(ratio.label ~ '等于其分子除以分母') }} as title_zh,
        'equal' as relation,
        'hard' as strength,
        cast(1 as integer) as parts,
        '{{ ratio.of[1] }}' as right_key,
        cast(1 as decimal(9, 0)) as times,
        '{{ ratio.key }}' as times_key
    union all
    {%- endfor %}
    select '', '', '', '', cast(0 as integer), '', cast(1 as decimal(9, 0)), cast(null as string)
    where false
),

left_keys as (
    {%- for identity in declared %}
    {%- for key in identity.left %}
    select '{{ identity.identity }}' as identity, '{{ key }}' as figure_key
    union all
    {%- endfor %}
    {%- endfor %}
    {%- for ratio in ratios %}
    select '{{ ratio.key }}' as identity, '{{ ratio.of[0] }}' as figure_key
    union all
    {%- endfor %}
    select '', ''
    where false
),

-- Missing parts do not add: an identity is judged where every part is known.
lefts as (
    select
        figures.reporting_period,
        figures.unit_code,
        figures.basis,
        identities.identity,
        cast(sum(figures.value) as decimal(38, 10)) as left_value,
        cast(sum(figures.low) as decimal(38, 10)) as left_low,
        cast(sum(figures.high) as decimal(38, 10)) as left_high
    from figures
    inner join left_keys on figures.figure_key = left_keys.figure_key
    inner join identities on left_keys.identity = identities.identity
    group by figures.reporting_period, figures.unit_code, figures.basis, identities.identity, identities.parts
    having count(*) = identities.parts
),

rights as (
    select
        figures.reporting_period,
        figures.unit_code,
        figures.basis,
        identities.identity,
        cast(figures.value * coalesce(cast(factors.value as decimal(12, 9)), identities.times) as decimal(38, 10)) as right_value,
        cast(figures.low * coalesce(cast(factors.low as decimal(12, 9)), identities.times) as decimal(38, 10)) as right_low,
        cast(figures.high * coalesce(cast(factors.high as decimal(12, 9)), identities.times) as decimal(38, 10)) as right_high
    from identities
    inner join figures on identities.right_key = figures.figure_key
    left join figures as factors
        on
            identities.times_key = factors.figure_key
            and figures.reporting_period = factors.reporting_period
            and figures.unit_code = factors.unit_code
            and figures.basis = factors.basis
    where identities.times_key is null or (figures.basis = 'stated' and factors.figure_key is not null)
),

sides as (
    select
        lefts.reporting_period,
        lefts.unit_code,
        units.kind as unit_kind,
        lefts.basis,
        lefts.identity,
        identities.title_zh,
        identities.relation,
        identities.strength,
        lefts.left_value,
        lefts.left_low,
        lefts.left_high,
        rights.right_value,
        rights.right_low,
        rights.right_high
    from lefts
    inner join rights
        on
            lefts.reporting_period = rights.reporting_period
            and lefts.unit_code = rights.unit_code
            and lefts.basis = rights.basis
            and lefts.identity = rights.identity
    inner join identities on lefts.identity = identities.identity
    inner join {{ ref('dim_reporting_unit') }} as units on lefts.unit_code = units.unit_code
)

select
    *,
    cast((left_high - left_low + right_high - right_low) * 0.5 as decimal(38, 10)) as tolerance,
    cast(left_value - right_value as decimal(38, 10)) as difference,
    case
        when relation = 'equal' and left_value = right_value then 'exact'
        when relation = 'at_most' and left_value <= right_value then 'exact'
        when relation = 'equal' and left_low <= right_high and right_low <= left_high then 'rounding'
        when relation = 'at_most' and left_low <= right_high then 'rounding'
        else 'impossible'
    end as verdict
from sides
