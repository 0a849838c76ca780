-- Totals as the units state them. A label outside the indicator dictionary keeps its row, without a figure key.
-- half_unit: a count stated in whole base units is exact; anything else was rounded to its last printed digit.
with totals as (
    select
        coalesce(codes.unit_code, submissions.unit_code) as unit_code,
        submissions.reporting_period,
        landed.indicator,
        landed.value,
        landed.unit,
        landed.decimals,
        landed.submission_id,
        landed.source_sheet,
        landed.source_row
    from {{ ref('stg_stated_totals') }} as landed
    inner join {{ ref('int_current_submissions') }} as submissions
        on
            landed.submission_id = submissions.submission_id
            and submissions.dataset = 'stated_totals'
    left join {{ ref('int_unit_codes') }} as codes on submissions.unit_code = codes.code
)

select
    totals.unit_code,
    totals.reporting_period,
    totals.indicator,
    totals.value,
    totals.unit,
    totals.decimals,
    dictionary.figure_key,
    cast(
        case
            when totals.decimals = 0 and totals.unit = dictionary.unit and totals.unit not in ('元', '1') then 0
            else {{ half_of_last_digit('totals.decimals') }} * {{ unit_factor('totals.unit') }}
        end as decimal(20, 9)
    ) as half_unit,
    totals.submission_id,
    totals.source_sheet,
    totals.source_row
from totals
left join {{ ref('dim_indicator') }} as dictionary on trim(totals.indicator) = dictionary.label_zh
