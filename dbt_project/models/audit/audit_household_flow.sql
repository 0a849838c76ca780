-- The stock of monitored households of each unit against the period before it: all on the register, and those whose risk
-- is not eliminated. The register: stock = stock before + new ones identified since; nobody leaves it. At risk: stock =
-- stock before + new ones + those identified again after their elimination - those eliminated since. The register knows
-- months: what an earlier week of the same month held already did not happen since.
with households as (
    select
        *,
        coalesce(
            previous_risk_eliminated and risk_eliminated
            and identified_month = previous_identified_month and eliminated_month = previous_eliminated_month,
            false
        ) as was_eliminated_then
    from {{ ref('audit_household_history') }}
),

counted as (
    select
        reporting_period,
        unit_code,
        previous_period,
        submission_id,
        source_sheet,
        count(previous_row) as previous_households,
        count(source_row) as households,
        count(*) filter (where previous_row is null and identified_month >= since_month) as identified,
        count(*) filter (where previous_risk_eliminated and identified_month >= since_month and not was_eliminated_then)
            as returned,
        count(*) filter (where not previous_risk_eliminated) as previous_at_risk,
        count(*) filter (where not risk_eliminated) as at_risk,
        count(*) filter (where risk_eliminated and eliminated_month >= since_month and not was_eliminated_then)
            as eliminated
    from households
    group by reporting_period, unit_code, previous_period, submission_id, source_sheet
),

balanced as (
    select
        reporting_period,
        unit_code,
        previous_period,
        submission_id,
        source_sheet,
        cast(previous_households as integer) as previous_households,
        cast(identified as integer) as identified,
        cast(households as integer) as households,
        cast(households - previous_households - identified as integer) as difference,
        cast(previous_at_risk as integer) as previous_at_risk,
        cast(returned as integer) as returned,
        cast(eliminated as integer) as eliminated,
        cast(at_risk as integer) as at_risk,
        cast(at_risk - previous_at_risk - identified - returned + eliminated as integer) as at_risk_difference
    from counted
)

select
    *,
    case when difference = 0 and at_risk_difference = 0 then 'exact' else 'impossible' end as verdict
from balanced
