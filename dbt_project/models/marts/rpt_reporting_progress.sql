-- Where each dataset of each unit stands, as ones and noughts: they add up to the counts of rpt_completeness at any level.
select
    {{ named_unit('statuses') }},
    statuses.sheet,
    statuses.status_zh,
    statuses.reason_zh,
    {%- for count, condition in reporting_flags().items() %}
    cast(coalesce({{ condition }}, false) as integer) as {{ count }},
    {%- endfor %}
    max(statuses.tries) over (partition by statuses.reporting_period) > 0 as is_begun,
    statuses.tries,
    statuses.warnings,
    statuses.waived,
    statuses.received_at,
    statuses.due_on
from {{ ref('rpt_submission_status') }} as statuses
{{ unit_names('statuses') }}
