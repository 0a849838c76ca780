-- Each loan of the period before, in the same year and unit: it is still there, repaid or not, and its amount is what it was.
with pairs as (
    select * from {{ ref('audit_predecessors') }} where dataset = 'microcredit'
)

select
    pairs.reporting_period,
    pairs.unit_code,
    pairs.previous_period,
    held.contract_no,
    held.amount as previous_amount,
    present.amount,
    cast(present.amount - held.amount as decimal(38, 10)) as difference,
    pairs.submission_id,
    pairs.source_sheet,
    present.source_row,
    case
        when present.contract_no is null then 'vanished'
        when present.amount <> held.amount then 'changed'
        else 'exact'
    end as verdict
from pairs
inner join {{ ref('fct_loans') }} as held
    on pairs.unit_code = held.unit_code and pairs.previous_period = held.reporting_period
left join {{ ref('fct_loans') }} as present
    on
        pairs.unit_code = present.unit_code
        and pairs.reporting_period = present.reporting_period
        and held.contract_no = present.contract_no
