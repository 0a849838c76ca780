-- The figures of the bulletin for every unit that has them, as numbers and as printed.
select
    figures.reporting_period,
    figures.unit_code,
    figures.figure_key,
    dictionary.label_zh,
    figures.value,
    dictionary.unit,
    {{ display_zh(
        'figures.value', 'dictionary.scale', 'dictionary.measure_word', 'dictionary.decimals', 'dictionary.style',
        "units.kind = 'province'"
    ) }} as display_zh,
    coalesce(data_months.end_on, periods.end_on) as as_of
from {{ ref('int_figures') }} as figures
inner join {{ ref('dim_indicator') }} as dictionary
    on figures.figure_key = dictionary.figure_key and dictionary.in_bulletin
inner join {{ ref('dim_reporting_unit') }} as units on figures.unit_code = units.unit_code
inner join {{ ref('dim_period') }} as periods on figures.reporting_period = periods.reporting_period
left join {{ ref('dim_period') }} as data_months on figures.data_through = data_months.reporting_period
