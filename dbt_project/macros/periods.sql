{#
  The calendar of reporting periods, 2020 to 2035: [(key, cadence, first day, last day)]. Computed while dbt
  compiles, so that every engine gets the same literal rows. The same arithmetic as orchestration/periods.py.
#}
{% macro reporting_periods(first_year=2020, last_year=2035) -%}
    {%- set date = modules.datetime.date -%}
    {%- set day = modules.datetime.timedelta(days=1) -%}
    {%- set periods = [] -%}
    {%- for year in range(first_year, last_year + 1) -%}
        {%- for week in range(1, 54) -%}
            {#- The last week of an ISO year is the one that holds 28 December. -#}
            {%- if week <= date(year, 12, 28).isocalendar()[1] -%}
                {%- set monday = date.fromisocalendar(year, week, 1) -%}
                {%- do periods.append((year ~ '-W' ~ '%02d' % week, 'week', monday, monday + 6 * day)) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for cadence, mark, months in [('month', '', 1), ('quarter', 'Q', 3), ('half_year', 'H', 6), ('year', none, 12)] -%}
            {%- for number in range(1, 12 // months + 1) -%}
                {%- set start = date(year, (number - 1) * months + 1, 1) -%}
                {%- set next = date(year + (number * months) // 12, (number * months) % 12 + 1, 1) -%}
                {%- if mark is none -%}{%- set key = year | string -%}
                {%- elif mark -%}{%- set key = year ~ '-' ~ mark ~ number -%}
                {%- else -%}{%- set key = year ~ '-' ~ '%02d' % number -%}
                {%- endif -%}
                {%- do periods.append((key, cadence, start, next - day)) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(periods) }}
{%- endmacro %}
