{#
  Units come and go: the list says the first and the last month (YYYY-MM) for which a unit reports, and who goes on after it.
  A week goes with the month in which it ends. As orchestration/units.py.
#}
{% macro month_in(end_on) -%}
    substr(cast({{ end_on }} as string), 1, 7)
{%- endmacro %}

{# Whether a relation with reports_from and reports_to is in force in a month. #}
{% macro in_force(units, month) -%}
    ({{ units }}.reports_from is null or {{ units }}.reports_from <= {{ month }})
    and ({{ units }}.reports_to is null or {{ units }}.reports_to >= {{ month }})
{%- endmacro %}

{#
  A row of the bureau's registers may speak of a unit that has ended by its own code: it speaks of who goes on after it. Joins
  what unit_spoken_of reads; `codes` is joined by int_unit_codes, `submissions` has the month.
#}
{% macro join_successions(codes='codes', submissions='submissions') -%}
left join {{ ref('int_unit_successions') }} as successions
    on
        {{ codes }}.unit_code = successions.unit_code
        and {{ submissions }}.month > successions.ended
        and {{ submissions }}.month <= coalesce(successions.until, {{ submissions }}.month)
{%- endmacro %}

{% macro unit_spoken_of(otherwise, codes='codes') -%}
    coalesce(successions.successor_code, {{ codes }}.unit_code, {{ otherwise }})
{%- endmacro %}
