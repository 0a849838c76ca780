-- The borrowing households of each township and those with an overdue loan, by the row of its first overdue loan.
select
    reporting_period,
    unit_code,
    township as subject,
    cast(null as string) as household_no,
    cast(null as string) as masked_name,
    township,
    cast(null as string) as village,
    cast(count(distinct household_no) as integer) as households,
    cast(count(distinct household_no) filter (where overdue_amount > 0) as integer) as overdue_households,
    cast(sum(overdue_amount) as decimal(28, 2)) as overdue_amount,
    submission_id,
    source_sheet,
    cast(min(source_row) filter (where overdue_amount > 0) as integer) as source_row
from {{ ref('fct_loans') }}
group by reporting_period, unit_code, township, submission_id, source_sheet
