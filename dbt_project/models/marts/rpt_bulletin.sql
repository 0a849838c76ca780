-- The figures that the bulletin prints: a selection.
select
    figures.reporting_period,
    figures.unit_code,
    figures.figure_key,
    figures.label_zh,
    figures.value,
    figures.unit,
    figures.display_zh,
    figures.as_of
from {{ ref('rpt_figures') }} as figures
inner join {{ ref('dim_indicator') }} as dictionary
    on figures.figure_key = dictionary.figure_key and dictionary.in_bulletin
