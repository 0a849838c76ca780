-- Each household with an overdue loan, by the row of its largest overdue loan, and whether the unit's register of the same
-- period has it among the monitored.
with overdue as (
    select
        *,
        sum(overdue_amount) over of_household as overdue_of_household,
        row_number() over (
            partition by reporting_period, unit_code, household_no order by overdue_amount desc, contract_no
        ) as place
    from {{ ref('fct_loans') }}
    where overdue_amount > 0
    window of_household as (partition by reporting_period, unit_code, household_no)
)

select
    overdue.reporting_period,
    overdue.unit_code,
    overdue.household_no as subject,
    overdue.household_no,
    landed.borrower_name as masked_name,
    overdue.township,
    overdue.village,
    cast(overdue.overdue_of_household as decimal(28, 2)) as overdue_amount,
    households.household_no is not null as is_monitored,
    households.risk_eliminated,
    overdue.submission_id,
    overdue.source_sheet,
    overdue.source_row
from overdue
left join {{ ref('fct_monitored_households') }} as households
    on
        overdue.reporting_period = households.reporting_period
        and overdue.unit_code = households.unit_code
        and overdue.household_no = households.household_no
left join {{ ref('stg_microcredit') }} as landed
    on
        overdue.submission_id = landed.submission_id
        and overdue.source_sheet = landed.source_sheet
        and overdue.source_row = landed.source_row
where overdue.place = 1
