-- One row per published figure that a later publication changed, with what came into force in between.
-- Read from the ledger of publications and from tonight's figures, which are the next publication. A figure that
-- appears for the first time restates nothing, nor does a quarter's or year's that another month has been added to.
-- The bureau's own registers speak of its counties: they count for all. A publication that was put back restates by that
-- alone, and what comes after it by what came into force since its content was known.
with publications as (
    select
        number,
        published_at,
        known_until,
        puts_back,
        reason
    from {{ ref('stg_publications') }}
    union all
    select
        cast((select coalesce(max(number), 0) + 1 from {{ ref('stg_publications') }}) as integer) as number,
        cast(null as timestamp) as published_at,
        known_until,
        cast(null as integer) as puts_back,
        cast(null as string) as reason
    from {{ ref('int_moment') }}
),

intervals as (
    select
        number,
        published_at,
        known_until,
        puts_back,
        case when puts_back is null then known_until else published_at end as restated_at,
        case
            when puts_back is not null then '恢复第' || cast(puts_back as string) || '次发布:' || reason
        end as put_back_zh,
        lag(known_until) over (order by number) as known_before
    from publications
),

-- Entries of before quarters were published do not say of which month: of their own.
ledger as (
    select
        number,
        reporting_period,
        unit_code,
        figure_key,
        value,
        display_zh,
        coalesce(source_period, reporting_period) as source_period
    from {{ ref('stg_published_figures') }}
),

last_published as (
    select *
    from ledger
    qualify row_number() over (partition by reporting_period, unit_code, figure_key order by number desc) = 1
),

sources as (
    select
        reporting_period,
        max(source_period) as source_period
    from {{ ref('rpt_figures') }}
    group by reporting_period
),

tonight as (
    select
        (select max(number) from intervals) as number,
        coalesce(figures.reporting_period, last_published.reporting_period) as reporting_period,
        coalesce(figures.unit_code, last_published.unit_code) as unit_code,
        coalesce(figures.figure_key, last_published.figure_key) as figure_key,
        figures.value,
        figures.display_zh,
        coalesce(figures.source_period, sources.source_period, last_published.source_period) as source_period
    from {{ ref('rpt_figures') }} as figures
    full outer join last_published
        on
            figures.reporting_period = last_published.reporting_period
            and figures.unit_code = last_published.unit_code
            and figures.figure_key = last_published.figure_key
    left join sources on last_published.reporting_period = sources.reporting_period
    where figures.value is distinct from last_published.value
),

history as (
    select
        *,
        lag(number) over figure as number_before,
        lag(value) over figure as value_before,
        lag(source_period) over figure as source_before,
        lag(display_zh) over figure as display_before
    from (
        select * from ledger
        union all
        select * from tonight
    ) as said
    window figure as (partition by reporting_period, unit_code, figure_key order by number)
),

restated as (
    select
        history.*,
        intervals.known_before,
        intervals.known_until,
        intervals.puts_back,
        intervals.restated_at,
        intervals.put_back_zh,
        replaced.published_at
    from history
    inner join intervals on history.number = intervals.number
    inner join intervals as replaced on history.number_before = replaced.number
    where history.value is distinct from history.value_before and history.source_period = history.source_before
),

-- A ratio stands on the datasets of its numerator and its denominator.
datasets as (
    select
        ratios.figure_key,
        parts.dataset,
        bool_or(parts.kind = 'flow') as is_summed
    from {{ ref('dim_indicator') }} as ratios
    inner join {{ ref('dim_indicator') }} as parts
        on parts.figure_key in (ratios.figure_key, ratios.numerator, ratios.denominator)
    where parts.dataset is not null
    group by ratios.figure_key, parts.dataset
),

-- What is submitted for a period that is rolled up: its months.
submitted as (
    select
        spans.reporting_period,
        bases.reporting_period as base_period
    from {{ ref('dim_period') }} as spans
    inner join {{ ref('dim_period') }} as bases
        on
            spans.reporting_period = bases.reporting_period
            or spans.cadence not in ('week', 'month')
            and bases.cadence = 'month'
            and bases.start_on between spans.start_on and spans.end_on
    where spans.reporting_period in (select reporting_period from restated)
),

dataset_lists as (
    select
        figure_key,
        {{ ordered_list('dataset', 'dataset') }} as datasets
    from datasets
    group by figure_key
),

candidates as (
    select distinct
        restated.number,
        restated.reporting_period,
        restated.unit_code,
        restated.figure_key,
        accepted.submission_id,
        accepted.unit_code as submitter,
        accepted.is_correction,
        dictionary.numerator is not null or submitters.kind = 'province' or moved.unit_code is not null as has_moved
    from restated
    inner join {{ ref('dim_indicator') }} as dictionary on restated.figure_key = dictionary.figure_key
    inner join datasets on restated.figure_key = datasets.figure_key
    inner join submitted
        on
            restated.reporting_period = submitted.reporting_period
            and (datasets.is_summed or restated.source_period = submitted.base_period)
    inner join {{ ref('int_acceptances') }} as accepted
        on
            datasets.dataset = accepted.dataset
            and submitted.base_period = accepted.reporting_period
            and restated.puts_back is null
            and accepted.accepted_at > restated.known_before
            and accepted.accepted_at <= restated.known_until
    inner join {{ ref('dim_reporting_unit') }} as submitters on accepted.unit_code = submitters.unit_code
    left join {{ ref('int_unit_ancestors') }} as ancestors
        on accepted.unit_code = ancestors.unit_code and restated.unit_code = ancestors.ancestor_code
    left join history as moved
        on
            restated.number = moved.number
            and restated.reporting_period = moved.reporting_period
            and restated.figure_key = moved.figure_key
            and accepted.unit_code = moved.unit_code
            and moved.value is distinct from moved.value_before
    where ancestors.unit_code is not null or submitters.kind = 'province'
),

-- A county whose own figure stayed has not moved that of its province, whatever else its new version changed; only where
-- no county's did (a supplier counted once for two of them) are all named. A ratio may move while its counties' stay.
causes as (
    select *
    from candidates
    qualify has_moved or not bool_or(has_moved) over (partition by number, reporting_period, unit_code, figure_key)
),

submissions as (
    select
        number,
        reporting_period,
        unit_code,
        figure_key,
        {{ ordered_list('submission_id', 'submission_id') }} as submission_ids
    from (select distinct number, reporting_period, unit_code, figure_key, submission_id from causes) as each_once
    group by number, reporting_period, unit_code, figure_key
),

submitters as (
    select
        each_once.number,
        each_once.reporting_period,
        each_once.unit_code,
        each_once.figure_key,
        {{ ordered_list('units.unit_name', 'units.unit_code') }} as units_zh
    from (select distinct number, reporting_period, unit_code, figure_key, submitter from causes) as each_once
    inner join {{ ref('dim_reporting_unit') }} as units on each_once.submitter = units.unit_code
    group by each_once.number, each_once.reporting_period, each_once.unit_code, each_once.figure_key
),

reasons as (
    select
        number,
        reporting_period,
        unit_code,
        figure_key,
        case
            when bool_and(is_correction) then '更正'
            when bool_or(is_correction) then '更正和补报'
            else '补报'
        end as reason_zh
    from causes
    group by number, reporting_period, unit_code, figure_key
)

select
    restated.reporting_period,
    restated.unit_code,
    restated.figure_key,
    dictionary.label_zh,
    restated.value_before as value_published,
    restated.display_before as display_published,
    restated.published_at,
    restated.value as value_restated,
    restated.display_zh as display_restated,
    restated.restated_at,
    cast(restated.value - restated.value_before as decimal(38, 10)) as difference,
    dataset_lists.datasets as dataset,
    submissions.submission_ids,
    submitters.units_zh,
    coalesce(restated.put_back_zh, reasons.reason_zh, '没有新的报送:算法、规则或审定有变') as reason_zh,
    restated.number as publication
from restated
left join {{ ref('dim_indicator') }} as dictionary on restated.figure_key = dictionary.figure_key
left join dataset_lists on restated.figure_key = dataset_lists.figure_key
{%- for joined in ['submissions', 'submitters', 'reasons'] %}
left join {{ joined }}
    on
        restated.number = {{ joined }}.number
        and restated.reporting_period = {{ joined }}.reporting_period
        and restated.unit_code = {{ joined }}.unit_code
        and restated.figure_key = {{ joined }}.figure_key
{%- endfor %}
