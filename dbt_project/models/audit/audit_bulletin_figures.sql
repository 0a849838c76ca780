-- Every figure of the bulletin for the province: present, awaited (a unit that owes its register has not been accepted),
-- undefined (a ratio to nothing), or missing though everything owed was accepted, which is the warehouse's own fault.
with owed as (
    select
        reporting_period,
        dataset,
        count(*) as owed,
        count(*) filter (where status in ('accepted', 'nil_return', 'partly_accepted')) as accepted
    from {{ ref('rpt_submission_status') }}
    where status <> 'exempt' and reporting_period in (select reporting_period from {{ ref('stg_submissions') }})
    group by reporting_period, dataset
),

sources as (
    select
        indicators.figure_key,
        indicators.label_zh,
        indicators.kind,
        indicators.denominator,
        coalesce(indicators.dataset, numerators.dataset) as dataset
    from {{ ref('dim_indicator') }} as indicators
    left join {{ ref('dim_indicator') }} as numerators on indicators.numerator = numerators.figure_key
    where indicators.in_bulletin
),

province as (
    select figures.*
    from {{ ref('int_figures') }} as figures
    inner join {{ ref('dim_reporting_unit') }} as units
        on figures.unit_code = units.unit_code and units.kind = 'province'
)

select
    owed.reporting_period,
    units.unit_code,
    sources.figure_key,
    sources.label_zh,
    sources.dataset,
    cast(owed.owed as integer) as owed,
    cast(owed.accepted as integer) as accepted,
    figures.value,
    case
        when figures.value is not null then 'present'
        when owed.accepted < owed.owed then 'awaited'
        when sources.kind = 'ratio' and coalesce(denominators.value, 0) = 0 then 'undefined'
        when sources.kind = 'target' then 'undefined'
        else 'missing'
    end as verdict
from owed
inner join sources on owed.dataset = sources.dataset
inner join {{ ref('dim_reporting_unit') }} as units on units.kind = 'province'
left join province as figures
    on owed.reporting_period = figures.reporting_period and sources.figure_key = figures.figure_key
left join province as denominators
    on owed.reporting_period = denominators.reporting_period and sources.denominator = denominators.figure_key
where
    true
    {{- and_is_defined('sources.figure_key', 'owed.reporting_period') }}
