-- Every indicator for every period and unit that has it: exact, as printed, and beside the period before and the same period
-- a year before, which for a unit that goes on after others is the sum of theirs. Printed parts add up to their printed total, and the units of a province to its figure (舍位平衡).
with figures as (
    select
        figures.*,
        dictionary.label_zh,
        dictionary.kind,
        dictionary.unit,
        dictionary.measure_word,
        dictionary.decimals,
        dictionary.style,
        units.kind as unit_kind,
        periods.previous_period,
        periods.year_before_period,
        coalesce(data_months.end_on, sources.end_on) as as_of,
        {{ printed_mark('figures.value', 'dictionary.scale', 'dictionary.decimals', "units.kind = 'province'") }} as mark
    from {{ ref('int_period_figures') }} as figures
    inner join {{ ref('dim_indicator') }} as dictionary on figures.figure_key = dictionary.figure_key
    inner join {{ ref('dim_reporting_unit') }} as units on figures.unit_code = units.unit_code
    inner join {{ ref('dim_period') }} as periods on figures.reporting_period = periods.reporting_period
    inner join {{ ref('dim_period') }} as sources on figures.source_period = sources.reporting_period
    left join {{ ref('dim_period') }} as data_months on figures.data_through = data_months.reporting_period
    -- Before its first month and after its last a unit has no figures of its own to show.
    where {{ in_force('units', month_in('periods.end_on')) }}
),

rounded as (
    select
        *,
        {{ printed_number('value', 'mark', 'decimals') }} as number,
        style = 'number' and mark in ('亿', '万') as is_scaled
    from figures
),

identities (identity, parts, figure_key, place, total_key) as (
    values
    {%- for row in balanced_identities() %}
    ('{{ row[0] }}', {{ row[1] }}, '{{ row[2] }}', {{ row[3] }}, '{{ row[4] }}'),
    {%- endfor %}
    (cast(null as string), cast(null as integer), cast(null as string), cast(null as integer), cast(null as string))
),

-- Adjusted only where all parts are printed in the total's scale and make up the total exactly.
parts as (
    select
        parts.reporting_period,
        parts.unit_code,
        identities.identity,
        parts.figure_key,
        identities.place,
        {{ in_last_digits('parts.value', 'parts.mark', 'parts.decimals') }} as digits,
        round({{ in_last_digits('totals.value', 'totals.mark', 'totals.decimals') }}, 0) as total_digits
    from rounded as parts
    inner join identities on parts.figure_key = identities.figure_key
    inner join rounded as totals
        on
            identities.total_key = totals.figure_key
            and parts.reporting_period = totals.reporting_period
            and parts.unit_code = totals.unit_code
            and parts.mark = totals.mark
            and parts.decimals = totals.decimals
    where parts.is_scaled and totals.is_scaled
    qualify
        count(*) over (partition by parts.reporting_period, parts.unit_code, identities.identity) = identities.parts
        and sum(parts.value) over (partition by parts.reporting_period, parts.unit_code, identities.identity) = totals.value
),

balanced_parts as (
    {{ balanced('parts', 'reporting_period, unit_code, identity', 'figure_key') }}
),

printed as (
    select
        rounded.*,
        coalesce({{ of_last_digits('balanced_parts.digits', 'rounded.decimals') }}, rounded.number) as printed_number
    from rounded
    left join balanced_parts
        on
            rounded.reporting_period = balanced_parts.reporting_period
            and rounded.unit_code = balanced_parts.unit_code
            and rounded.figure_key = balanced_parts.figure_key
),

-- Cities, and counties, in the scale in which their province is printed.
of_province as (
    select
        units.reporting_period,
        units.unit_kind,
        units.figure_key,
        units.unit_code,
        units.unit_code as place,
        provinces.mark,
        provinces.decimals,
        {{ in_last_digits('units.value', 'provinces.mark', 'provinces.decimals') }} as digits,
        round({{ in_last_digits('provinces.printed_value', 'provinces.mark', 'provinces.decimals') }}, 0) as total_digits,
        sum(units.value) over (partition by units.reporting_period, units.unit_kind, units.figure_key)
        = provinces.value as is_whole
    from printed as units
    inner join (
        select
            *,
            cast(printed_number * {{ unit_factor('mark') }} as decimal(38, 10)) as printed_value
        from printed
        where unit_kind = 'province' and is_scaled
    ) as provinces
        on
            units.reporting_period = provinces.reporting_period
            and units.figure_key = provinces.figure_key
    where units.unit_kind <> 'province'
),

balanced_units as (
    {{ balanced('(select * from of_province where is_whole) as whole', 'reporting_period, unit_kind, figure_key', 'unit_code') }}
),

in_province as (
    select
        of_province.reporting_period,
        of_province.figure_key,
        of_province.unit_code,
        of_province.mark,
        {{ of_last_digits('coalesce(balanced_units.digits, round(of_province.digits, 0))', 'of_province.decimals') }} as number
    from of_province
    left join balanced_units
        on
            of_province.reporting_period = balanced_units.reporting_period
            and of_province.figure_key = balanced_units.figure_key
            and of_province.unit_code = balanced_units.unit_code
)

select
    printed.reporting_period,
    printed.cadence,
    printed.unit_code,
    printed.figure_key,
    printed.label_zh,
    printed.kind,
    printed.value,
    printed.unit,
    {{ display_zh('printed.value', 'printed.printed_number', 'printed.mark', 'printed.measure_word', 'printed.style') }} as display_zh,
    {{ printed_value('printed.value', 'printed.printed_number', 'printed.mark', 'printed.style') }} as printed_value,
    printed.printed_number <> printed.number as is_adjusted,
    {{ number_text('in_province.number') }} || in_province.mark || printed.measure_word as in_province_zh,
    cast(in_province.number * {{ unit_factor('in_province.mark') }} as decimal(38, 10)) as in_province_value,
    printed.as_of,
    printed.source_period,
    printed.source_periods,
    printed.previous_period,
    previous.value as previous_value,
    cast(printed.value - previous.value as decimal(38, 10)) as previous_change,
    printed.year_before_period,
    year_before.value as year_before_value,
    cast(printed.value - year_before.value as decimal(38, 10)) as year_before_change
from printed
left join in_province
    on
        printed.reporting_period = in_province.reporting_period
        and printed.unit_code = in_province.unit_code
        and printed.figure_key = in_province.figure_key
{%- for earlier in ['previous', 'year_before'] %}
left join {{ ref('int_period_figures') }} as {{ earlier }}
    on
        printed.{{ earlier }}_period = {{ earlier }}.reporting_period
        and printed.unit_code = {{ earlier }}.unit_code
        and printed.figure_key = {{ earlier }}.figure_key
{%- endfor %}
