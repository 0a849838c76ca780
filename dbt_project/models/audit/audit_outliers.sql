-- Each measure of each county against its own past and against all counties of the province, by the modified z-score
-- 0.6745 * (value - median) / MAD (Iglewicz and Hoaglin 1993). What is compared, with how many points at least and with
-- what floor under the MAD is declared in audit_outliers.yml. Exact arithmetic; a month is compared with months, a week
-- with weeks.
{%- set settings = outlier_settings() %}
{%- set measures = settings.measures %}
with periods as (
    select
        reporting_period,
        cadence,
        start_on,
        {{ month_in('end_on') }} as month,
        lag(reporting_period) over (partition by cadence order by start_on) as previous_period
    from {{ ref('dim_period') }}
    where cadence in ('week', 'month')
),

figures as (
    select
        figures.*,
        units.reports_from,
        units.reports_to
    from {{ ref('int_figures') }} as figures
    inner join {{ ref('dim_reporting_unit') }} as units
        on figures.unit_code = units.unit_code and units.kind = 'county'
),

measured as (
    {%- for measure in measures %}
    select
        periods.reporting_period,
        periods.cadence,
        periods.start_on,
        figures.unit_code,
        '{{ measure.measure }}' as measure,
        {{ literal(measure.title_zh) }} as title_zh,
        {{ literal(measure.unit) }} as unit,
        '{{ measure.dataset }}' as dataset,
        {{ 'true' if 'history' in measure.against else 'false' }} as against_history,
        {{ 'true' if 'peers' in measure.against else 'false' }} as against_peers,
        {%- if measure.per == 'previous' %}
        cast({{ ratio('figures.value', 'base.value') }} * 100 as decimal(28, 4)) as value
        {%- elif measure.per %}
        cast({{ ratio('figures.value', 'base.value') }} as decimal(28, 4)) as value
        {%- else %}
        cast(figures.value as decimal(28, 4)) as value
        {%- endif %}
    from figures
    -- A unit is compared from its first month on; the period before that may be its predecessors'.
    inner join periods
        on figures.reporting_period = periods.reporting_period and {{ in_force('figures', 'periods.month') }}
    {%- if measure.per %}
    inner join figures as base
        on
            figures.unit_code = base.unit_code
            and base.value >= {{ measure.least }}
            {%- if measure.per == 'previous' %}
            and periods.previous_period = base.reporting_period
            and base.figure_key = '{{ measure.figure }}'
            {%- else %}
            and figures.reporting_period = base.reporting_period
            and base.figure_key = '{{ measure.per }}'
            {%- endif %}
    {%- endif %}
    where figures.figure_key = '{{ measure.figure }}'{% if not measure.per %} and figures.value >= {{ measure.least }}{% endif %}
    union all
    {%- endfor %}
    select '', '', cast(null as date), '', '', '', '', '', false, false, cast(0 as decimal(28, 4))
    where false
),

-- What a value is compared with: its unit's earlier periods of the last twelve months, or all counties in its period.
points as (
    select
        'history' as basis,
        measured.reporting_period,
        measured.measure,
        measured.unit_code as of_unit,
        past.value
    from measured
    inner join measured as past
        on
            measured.unit_code = past.unit_code
            and measured.measure = past.measure
            and measured.cadence = past.cadence
            and past.start_on < measured.start_on
            and past.start_on >= cast(measured.start_on - interval '12' month as date)
    where measured.against_history
    union all
    select
        'peers' as basis,
        reporting_period,
        measure,
        '' as of_unit,
        value
    from measured
    where against_peers
),

medians as (
    {{ median_of('points', 'basis, reporting_period, measure, of_unit', 'value') }}
),

deviations as (
    select
        points.basis,
        points.reporting_period,
        points.measure,
        points.of_unit,
        abs(points.value - medians.median) as deviation
    from points
    inner join medians
        on
            points.basis = medians.basis
            and points.reporting_period = medians.reporting_period
            and points.measure = medians.measure
            and points.of_unit = medians.of_unit
),

spreads as (
    {{ median_of('deviations', 'basis, reporting_period, measure, of_unit', 'deviation') }}
),

judged as (
    select
        measured.reporting_period,
        measured.unit_code,
        measured.measure,
        measured.title_zh,
        measured.unit,
        measured.dataset,
        medians.basis,
        measured.start_on,
        measured.value,
        medians.median,
        spreads.median as mad,
        medians.points,
        greatest(
            spreads.median, cast(abs(medians.median) * {{ settings.floor }} as decimal(28, 4)), cast(0.0001 as decimal(28, 4))
        ) as spread
    from measured
    inner join medians
        on
            measured.reporting_period = medians.reporting_period
            and measured.measure = medians.measure
            and medians.of_unit = case medians.basis when 'history' then measured.unit_code else '' end
    inner join spreads
        on
            medians.basis = spreads.basis
            and medians.reporting_period = spreads.reporting_period
            and medians.measure = spreads.measure
            and medians.of_unit = spreads.of_unit
    where medians.points >= case medians.basis when 'history' then {{ settings.least_history }} else {{ settings.least_peers }} end
),

-- The last six values up to the one judged, oldest first.
series as (
    select
        recent.reporting_period,
        recent.unit_code,
        recent.measure,
        {{ ordered_list("cast(cast(recent.value as decimal(28, 2)) as string)", 'recent.start_on') }} as series
    from (
        select
            measured.reporting_period,
            measured.unit_code,
            measured.measure,
            past.start_on,
            past.value
        from measured
        inner join measured as past
            on
                measured.unit_code = past.unit_code
                and measured.measure = past.measure
                and measured.cadence = past.cadence
                and past.start_on <= measured.start_on
        qualify row_number() over (
            partition by measured.reporting_period, measured.unit_code, measured.measure order by past.start_on desc
        ) <= 6
    ) as recent
    group by recent.reporting_period, recent.unit_code, recent.measure
)

select
    judged.reporting_period,
    judged.unit_code,
    judged.measure,
    judged.title_zh,
    judged.unit,
    judged.basis,
    judged.value,
    judged.median,
    judged.mad,
    judged.spread,
    cast(judged.points as integer) as points,
    cast({{ ratio('cast((judged.value - judged.median) * 6745 as decimal(38, 4))', 'judged.spread * 10000') }} as decimal(28, 4)) as score,
    series.series,
    submissions.submission_id,
    sheets.source_sheet,
    case
        when abs(judged.value - judged.median) * 6745 > judged.spread * {{ (settings.limit * 10000) | int }} then 'outlying'
        else 'exact'
    end as verdict
from judged
inner join series
    on
        judged.reporting_period = series.reporting_period
        and judged.unit_code = series.unit_code
        and judged.measure = series.measure
left join {{ ref('int_current_submissions') }} as submissions
    on
        judged.reporting_period = submissions.reporting_period
        and judged.unit_code = submissions.unit_code
        and judged.dataset = submissions.dataset
left join {{ ref('stg_landed_sheets') }} as sheets
    on submissions.submission_id = sheets.submission_id and submissions.dataset = sheets.dataset
