-- Every indicator for every period and unit that has it: exact, as printed, and beside the period before and the same period
-- a year before.
with figures as (
    select
        figures.*,
        dictionary.label_zh,
        dictionary.kind,
        dictionary.unit,
        dictionary.measure_word,
        dictionary.decimals,
        dictionary.style,
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
),

printed as (
    select
        *,
        {{ printed_number('value', 'mark', 'decimals') }} as number
    from figures
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
    {{ display_zh('printed.value', 'printed.number', 'printed.mark', 'printed.measure_word', 'printed.style') }} as display_zh,
    {{ printed_value('printed.value', 'printed.number', 'printed.mark', 'printed.style') }} as printed_value,
    false as is_adjusted,
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
{%- for earlier in ['previous', 'year_before'] %}
left join figures as {{ earlier }}
    on
        printed.{{ earlier }}_period = {{ earlier }}.reporting_period
        and printed.unit_code = {{ earlier }}.unit_code
        and printed.figure_key = {{ earlier }}.figure_key
{%- endfor %}
