{#
  The rows in force of one dataset: those of each unit's current submission. unit_code becomes the unit a row
  speaks of, by the code in force; speaks_of names the column that says so in registers the bureau keeps for
  its counties (a row that names none speaks of the submitter).
#}
{% macro current_rows(dataset, speaks_of=none) -%}
select
    {{ unit_spoken_of('submissions.unit_code') if speaks_of else 'coalesce(codes.unit_code, submissions.unit_code)' }} as unit_code,
    submissions.reporting_period,
    {%- for column in landed_columns(dataset) if column.name not in ('unit_code', 'reporting_period') %}
    landed.{{ column.name }}{{ "," if not loop.last }}
    {%- else %}
    landed.submission_id
    {%- endfor %}
from {{ ref('stg_' ~ dataset) }} as landed
inner join {{ ref('int_current_submissions') }} as submissions
    on
        landed.submission_id = submissions.submission_id
        and submissions.dataset = '{{ dataset }}'
left join {{ ref('int_unit_codes') }} as codes
    on codes.code = {{ 'landed.' ~ speaks_of if speaks_of else 'submissions.unit_code' }}
{{ join_successions() if speaks_of }}
{%- endmacro %}
