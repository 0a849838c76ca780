{#
  The indicator dictionary as dim_indicator.yml declares it. Empty while dbt parses. A unit test gives its own
  by overriding this macro.
#}
{% macro indicators() -%}
    {%- if execute -%}
        {{ return(graph.nodes['model.zhenxing.dim_indicator'].config.meta.indicators) }}
    {%- endif -%}
    {{ return([]) }}
{%- endmacro %}

{# The dictionary whole: {indicators, sections}. #}
{% macro dictionary() -%}
    {%- if execute -%}
        {{ return(graph.nodes['model.zhenxing.dim_indicator'].config.meta) }}
    {%- endif -%}
    {{ return({'indicators': [], 'sections': {}}) }}
{%- endmacro %}

{# The facts each indicator is computed from: {key: names}. Its dataset's, or those of a ratio's two figures. #}
{% macro facts_of_indicators(every) -%}
    {%- set by_dataset, by_key = {}, {} -%}
    {%- for card in cards() -%}{%- do by_dataset.update({card.dataset: card.fact}) -%}{%- endfor -%}
    {%- for indicator in every -%}{%- do by_key.update({indicator.key: by_dataset[indicator.dataset]}) -%}{%- endfor -%}
    {%- set facts = {} -%}
    {%- for indicator in every -%}
        {%- set names = [] -%}
        {%- for key in indicator.of or [indicator.key] -%}{%- do names.append(by_key[key]) -%}{%- endfor -%}
        {%- do facts.update({indicator.key: names | select | unique | list}) -%}
    {%- endfor -%}
    {{ return(facts) }}
{%- endmacro %}

{#
  An indicator's definitions, oldest first: [{from, until, measure, where, definition, formula}], months or none. What a
  version does not say is as the entry says. As orchestration/indicators.py.
#}
{% macro versions_of(indicator) -%}
    {%- set versions = [] -%}
    {%- for version in indicator.versions or [{}] -%}
        {%- set whole = {'from': version.from, 'until': version.until} -%}
        {%- for name in ('measure', 'where', 'definition', 'formula') -%}
            {%- do whole.update({name: version[name] if name in version else indicator[name]}) -%}
        {%- endfor -%}
        {%- do versions.append(whole) -%}
    {%- endfor -%}
    {{ return(versions) }}
{%- endmacro %}

{#
  Whether a base period lies in a version's months, a week in the month in which it ends. Weeks are compared with weeks:
  which is the first of a month is known when dbt compiles.
#}
{% macro is_valid_in(version, period) -%}
    {%- set ends = [] -%}
    {%- for comparison, month in (('>=', version.from), ('<=', version.until)) if month -%}
        {%- set weeks = [] -%}
        {%- for key, cadence, start, last in reporting_periods() if cadence == 'week' -%}
            {%- set ending = last.strftime('%Y-%m') -%}
            {%- if (comparison == '>=' and ending >= month) or (comparison == '<=' and ending <= month) -%}
                {%- do weeks.append(key) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- set week = (weeks | first if comparison == '>=' else weeks | last) -%}
        {%- do ends.append(
            period ~ ' ' ~ comparison ~ " case when " ~ period ~ " like '%-W%' then '" ~ week ~ "' else '" ~ month ~ "' end"
        ) -%}
    {%- endfor -%}
    {{ ends | join(' and ') if ends else 'true' }}
{%- endmacro %}

{# An aggregate of each version over rows grouped by their period: the formula (measure), or the month the data run to. #}
{% macro by_version(indicator, what, period) -%}
    {%- set versions = versions_of(indicator) -%}
    {%- if versions | length > 1 or versions[0].from or versions[0].until %}case{% endif -%}
    {%- for version in versions -%}
        {%- set aggregate = version.measure if what == 'measure' else indicator[what] -%}
        {%- set matching = " filter (where " ~ version.where ~ ")" if version.where else "" -%}
        {%- if loop.length > 1 or version.from or version.until %} when {{ is_valid_in(version, period) }} then {% endif -%}
        {{ aggregate }}{{ matching }}
    {%- endfor -%}
    {%- if versions | length > 1 or versions[0].from or versions[0].until %} end{% endif -%}
{%- endmacro %}

{# Whether a unit's figure is the sum of its parts': rows counted or added up, not distinct things. #}
{% macro is_additive(indicator) -%}
    {%- set distinct = [] -%}
    {%- for version in versions_of(indicator) if version.measure != 'count(*)' and not (version.measure or '').startswith('sum(') -%}
        {%- do distinct.append(version) -%}
    {%- endfor -%}
    {{ return(indicator.kind != 'target' and not distinct) }}
{%- endmacro %}

{# Conjuncts that leave out each figure in base periods it has no definition for: of another cadence, or out of validity. #}
{% macro and_is_defined(figure_key, period) -%}
    {%- for indicator in indicators() -%}
        {%- set versions = versions_of(indicator) -%}
        {%- if indicator.cadences == ['month'] or indicator.cadences == ['week'] %}
    and ({{ figure_key }} <> '{{ indicator.key }}' or {{ period }} {{ 'not ' if indicator.cadences == ['month'] }}like '%-W%')
        {%- endif -%}
        {%- if versions[0].from or versions[-1].until or versions | length > 1 %}
    and (
        {{ figure_key }} <> '{{ indicator.key }}'
        {%- for version in versions %}
        or {{ is_valid_in(version, period) }}
        {%- endfor %}
    )
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}

{# Text as an SQL literal; none as null. #}
{% macro literal(text) -%}
    {%- if text is none or text is not defined -%}cast(null as string)
    {%- else -%}'{{ text | string | replace("'", "''") }}'
    {%- endif -%}
{%- endmacro %}
