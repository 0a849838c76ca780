-- Each central or provincial document handed to a county, in the bureau's ledger and in the county's spending table.
-- Judged where both channels reported in the period.
with both_reported as (
    select distinct
        counties.reporting_period,
        counties.unit_code
    from {{ ref('int_current_submissions') }} as counties
    inner join {{ ref('int_current_submissions') }} as bureau
        on counties.reporting_period = bureau.reporting_period and bureau.dataset = 'bridging_funds'
    where counties.dataset = 'fund_spending'
),

documents as (
    select
        funds.reporting_period,
        funds.unit_code,
        funds.document_no,
        funds.tier,
        funds.allotment,
        funds.amount as issued_amount,
        funds.received_amount,
        coalesce(funds.spending_submission_id, funds.submission_id) as submission_id,
        coalesce(funds.spending_sheet, funds.source_sheet) as source_sheet,
        coalesce(funds.spending_row, funds.source_row) as source_row
    from {{ ref('fct_bridging_funds') }} as funds
    inner join both_reported
        on funds.reporting_period = both_reported.reporting_period and funds.unit_code = both_reported.unit_code
    where
        funds.tier in ('中央', '省级')
        and (funds.allotment = '切块到县' or funds.received_amount is not null)
)

select
    *,
    cast(received_amount - issued_amount as decimal(38, 10)) as difference,
    case
        when issued_amount is null then 'not_issued'
        when received_amount is null then 'not_received'
        when received_amount = issued_amount then 'exact'
        else 'different'
    end as verdict
from documents
