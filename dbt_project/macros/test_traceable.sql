{# Fails on fact rows that do not lead to a known unit, a known submission and a row of a sheet. #}
{% test traceable(model) %}
select facts.unit_code, facts.reporting_period, facts.submission_id, facts.source_sheet, facts.source_row
from {{ model }} as facts
left join {{ ref('dim_reporting_unit') }} as units on facts.unit_code = units.unit_code
left join {{ ref('dim_submission') }} as submissions on facts.submission_id = submissions.submission_id
left join {{ ref('dim_period') }} as periods on facts.reporting_period = periods.reporting_period
where
    units.unit_code is null
    or submissions.submission_id is null
    or periods.reporting_period is null
    or facts.source_sheet is null
    or facts.source_row is null
{% endtest %}
