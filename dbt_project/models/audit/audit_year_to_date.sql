-- Year-to-date figures beside those of the month before in the same year: what was counted once stays counted.
with months as (
    select
        reporting_period,
        lag(reporting_period) over (partition by period_year order by start_on) as previous_period
    from {{ ref('dim_period') }}
    where cadence = 'month'
)

select
    figures.reporting_period,
    figures.unit_code,
    units.kind as unit_kind,
    figures.figure_key,
    dictionary.label_zh,
    months.previous_period,
    previous.value as previous_value,
    figures.value,
    cast(figures.value - previous.value as decimal(38, 10)) as difference,
    case when figures.value < previous.value then 'fell' else 'exact' end as verdict
from {{ ref('int_figures') }} as figures
inner join {{ ref('dim_indicator') }} as dictionary
    on figures.figure_key = dictionary.figure_key and dictionary.kind = 'ytd'
inner join {{ ref('dim_reporting_unit') }} as units on figures.unit_code = units.unit_code
inner join months on figures.reporting_period = months.reporting_period
inner join {{ ref('int_figures') }} as previous
    on
        months.previous_period = previous.reporting_period
        and figures.unit_code = previous.unit_code
        and figures.figure_key = previous.figure_key
