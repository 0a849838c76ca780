-- Every total a unit states on 汇总表 beside what the warehouse computes for it. The bureau's provincial totals are judged
-- here alone: its own workbook does not hold the counties' registers.
with paired as (
    select
        stated.reporting_period,
        stated.unit_code,
        units.kind as unit_kind,
        stated.figure_key,
        stated.indicator as label_zh,
        stated.unit,
        cast(stated.value as decimal(38, 10)) as stated_value,
        computed.value as computed_value,
        cast(stated.half_unit as decimal(38, 10)) as tolerance,
        cast(stated.value - computed.value as decimal(38, 10)) as difference,
        stated.submission_id,
        stated.source_sheet,
        stated.source_row
    from {{ ref('fct_stated_totals') }} as stated
    inner join {{ ref('int_figures') }} as computed
        on
            stated.reporting_period = computed.reporting_period
            and stated.unit_code = computed.unit_code
            and stated.figure_key = computed.figure_key
    inner join {{ ref('dim_reporting_unit') }} as units on stated.unit_code = units.unit_code
)

select
    *,
    case
        when difference = 0 then 'exact'
        when abs(difference) <= tolerance then 'rounding'
        else 'impossible'
    end as verdict
from paired
