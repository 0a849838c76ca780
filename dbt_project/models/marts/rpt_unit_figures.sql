-- Every indicator with the names of its unit, as a dashboard shows it. Units of three levels stand side by side: figures of
-- one level may be compared, those of different levels never added up.
select
    figures.reporting_period,
    figures.cadence,
    periods.cadence_zh,
    periods.end_on as period_end,
    figures.unit_code,
    units.unit_name,
    units.kind as unit_kind,
    cast(case units.kind when 'province' then 1 when 'city' then 2 else 3 end as integer) as unit_level,
    units.city_code,
    units.city_name,
    figures.figure_key,
    figures.label_zh,
    sections.title_zh as section_zh,
    dictionary.position,
    figures.kind,
    figures.unit,
    figures.value,
    figures.display_zh,
    figures.previous_value,
    figures.previous_change,
    figures.year_before_value,
    figures.year_before_change
from {{ ref('rpt_figures') }} as figures
inner join {{ ref('dim_indicator') }} as dictionary on figures.figure_key = dictionary.figure_key
inner join (
    values
    {%- for key, section in dictionary().sections.items() %}
    ({{ literal(key) }}, {{ literal(section.title) }}),
    {%- endfor %}
    (cast(null as string), cast(null as string))
) as sections (section, title_zh) on dictionary.section = sections.section
inner join {{ ref('dim_reporting_unit') }} as units on figures.unit_code = units.unit_code
inner join {{ ref('dim_period') }} as periods on figures.reporting_period = periods.reporting_period
