-- Each hazard screened for in a township, with the days from the screening to the end of the period.
select
    facts.reporting_period,
    facts.unit_code,
    facts.township || '/' || facts.hazard as subject,
    cast(null as string) as household_no,
    cast(null as string) as masked_name,
    facts.township,
    cast(null as string) as village,
    facts.hazard,
    facts.at_risk_households,
    facts.handled_households,
    facts.screened_on,
    cast(periods.end_on - facts.screened_on as integer) as days_since,
    facts.submission_id,
    facts.source_sheet,
    facts.source_row
from {{ ref('fct_risk_screening') }} as facts
inner join {{ ref('dim_period') }} as periods on facts.reporting_period = periods.reporting_period
