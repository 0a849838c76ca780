-- Each monitored household of a period or of the one before it in the same unit. The register keeps those whose risk is
-- eliminated: a household stays, its month of identification stays, and what is new was identified since.
with pairs as (
    select * from {{ ref('audit_predecessors') }} where dataset = 'monitored_households'
),

held as (
    select
        pairs.reporting_period,
        pairs.unit_code,
        facts.household_no,
        facts.identified_month,
        facts.risk_eliminated,
        facts.eliminated_month,
        facts.source_row
    from pairs
    inner join {{ ref('fct_monitored_households') }} as facts
        on pairs.unit_code = facts.unit_code and pairs.previous_period = facts.reporting_period
),

present as (
    select
        pairs.reporting_period,
        pairs.unit_code,
        facts.household_no,
        facts.identified_month,
        facts.risk_eliminated,
        facts.eliminated_month,
        facts.source_row
    from pairs
    inner join {{ ref('fct_monitored_households') }} as facts
        on pairs.unit_code = facts.unit_code and pairs.reporting_period = facts.reporting_period
),

side_by_side as (
    select
        coalesce(present.reporting_period, held.reporting_period) as reporting_period,
        coalesce(present.unit_code, held.unit_code) as unit_code,
        coalesce(present.household_no, held.household_no) as household_no,
        present.identified_month,
        held.identified_month as previous_identified_month,
        present.risk_eliminated,
        held.risk_eliminated as previous_risk_eliminated,
        present.eliminated_month,
        held.eliminated_month as previous_eliminated_month,
        held.source_row as previous_row,
        present.source_row
    from present
    full outer join held
        on
            present.reporting_period = held.reporting_period
            and present.unit_code = held.unit_code
            and present.household_no = held.household_no
)

select
    side_by_side.*,
    pairs.previous_period,
    pairs.since_month,
    pairs.submission_id,
    pairs.source_sheet,
    side_by_side.source_row is null as is_vanished,
    coalesce(
        side_by_side.previous_row is null and side_by_side.identified_month < pairs.since_month, false
    ) as is_late,
    coalesce(side_by_side.previous_risk_eliminated and not side_by_side.risk_eliminated, false) as is_revived,
    coalesce(
        side_by_side.identified_month <> side_by_side.previous_identified_month, false
    ) as is_identified_anew
from side_by_side
inner join pairs
    on side_by_side.reporting_period = pairs.reporting_period and side_by_side.unit_code = pairs.unit_code
