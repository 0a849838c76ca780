-- The bureau's ledger of indicator documents beside what the receiving counties say they did with them.
-- The bureau's ledger is the authority on central and provincial funds: a county row of these tiers that the
-- ledger does not know has no amount, only the amount the county booked. City and county funds are the county's own.
with issued as (
    select
        {{ unit_spoken_of('landed.receiving_unit_code') }} as unit_code,
        submissions.reporting_period,
        landed.document_no,
        landed.tier,
        landed.fund_name,
        landed.issued_on,
        landed.receiving_unit_code,
        landed.receiving_unit_name,
        landed.allotment,
        landed.amount,
        landed.submission_id,
        landed.source_sheet,
        landed.source_row,
        {{ document_key('landed.document_no') }} as document_key
    from {{ ref('stg_bridging_funds') }} as landed
    inner join {{ ref('int_current_submissions') }} as submissions
        on
            landed.submission_id = submissions.submission_id
            and submissions.dataset = 'bridging_funds'
    left join {{ ref('int_unit_codes') }} as codes on landed.receiving_unit_code = codes.code
    {{ join_successions() | indent(4) }}
),

spent as (
    select
        submissions.unit_code,
        submissions.reporting_period,
        landed.document_no,
        landed.tier,
        landed.fund_name,
        landed.issued_on,
        landed.amount,
        landed.projects,
        landed.spent,
        landed.balance,
        landed.submission_id,
        landed.source_sheet,
        landed.source_row,
        {{ document_key('landed.document_no') }} as document_key
    from {{ ref('stg_fund_spending') }} as landed
    inner join {{ ref('int_current_submissions') }} as submissions
        on
            landed.submission_id = submissions.submission_id
            and submissions.dataset = 'fund_spending'
),

-- One number written in two forms on one sheet pairs off in order, so that no amount is counted twice.
issued_in_order as (
    select
        *,
        row_number() over (
            partition by reporting_period, unit_code, document_key order by document_no, source_row
        ) as occurrence
    from issued
),

spent_in_order as (
    select
        *,
        row_number() over (
            partition by reporting_period, unit_code, document_key order by document_no, source_row
        ) as occurrence
    from spent
)

select
    coalesce(issued.unit_code, spent.unit_code) as unit_code,
    coalesce(issued.reporting_period, spent.reporting_period) as reporting_period,
    coalesce(issued.document_no, spent.document_no) as document_no,
    coalesce(issued.tier, spent.tier) as tier,
    coalesce(issued.fund_name, spent.fund_name) as fund_name,
    coalesce(issued.issued_on, spent.issued_on) as issued_on,
    coalesce(issued.receiving_unit_code, spent.unit_code) as receiving_unit_code,
    coalesce(issued.receiving_unit_name, units.name) as receiving_unit_name,
    issued.allotment,
    case
        when issued.document_no is not null then issued.amount
        when spent.tier in ('市级', '县级') then spent.amount
    end as amount,
    spent.projects,
    spent.spent,
    spent.balance,
    spent.amount as received_amount,
    spent.submission_id as spending_submission_id,
    spent.source_sheet as spending_sheet,
    spent.source_row as spending_row,
    coalesce(issued.submission_id, spent.submission_id) as submission_id,
    coalesce(issued.source_sheet, spent.source_sheet) as source_sheet,
    coalesce(issued.source_row, spent.source_row) as source_row
from issued_in_order as issued
full outer join spent_in_order as spent
    on
        issued.reporting_period = spent.reporting_period
        and issued.unit_code = spent.unit_code
        and issued.document_key = spent.document_key
        and issued.occurrence = spent.occurrence
left join {{ ref('stg_reporting_units') }} as units on spent.unit_code = units.code
