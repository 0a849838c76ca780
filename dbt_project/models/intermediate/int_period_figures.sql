-- One row per period of any cadence, unit and indicator: figures of weeks and months as they are, those of quarters,
-- half-years and years rolled up from months as their kind demands. source_period is the base period a value is taken
-- from, or the last of source_periods many that were summed.
with periods as (
    select * from {{ ref('dim_period') }}
),

base as (
    select
        figures.reporting_period,
        periods.cadence,
        figures.unit_code,
        figures.figure_key,
        dictionary.kind,
        figures.value,
        figures.data_through
    from {{ ref('int_figures') }} as figures
    inner join periods on figures.reporting_period = periods.reporting_period
    inner join {{ ref('dim_indicator') }} as dictionary on figures.figure_key = dictionary.figure_key
),

spans as (
    select
        periods.reporting_period,
        periods.cadence,
        months.reporting_period as month,
        months.start_on,
        months.due_on < moment.today as is_due
    from (select distinct reporting_period from base where cadence = 'month') as reported
    inner join periods as months on reported.reporting_period = months.reporting_period
    inner join periods
        on
            periods.cadence in ('quarter', 'half_year', 'year')
            and months.start_on between periods.start_on and periods.end_on
    cross join {{ ref('int_moment') }} as moment
),

-- A month counts once its due day is over; while none of the span is, what was reported so far is better than nothing.
-- All units are taken from the same month: else a province would be no sum of its counties.
counting as (
    select
        reporting_period,
        cadence,
        month,
        row_number() over (partition by reporting_period order by start_on desc) = 1 as is_last
    from (
        select
            *,
            bool_or(is_due) over (partition by reporting_period) as is_any_due
        from spans
    ) as judged
    where is_due or not is_any_due
),

taken as (
    select
        counting.reporting_period,
        counting.cadence,
        base.unit_code,
        base.figure_key,
        base.value,
        base.data_through,
        base.reporting_period as source_period,
        cast(1 as integer) as source_periods
    from base
    inner join counting on base.reporting_period = counting.month and counting.is_last
    where base.kind in ('stock', 'ytd', 'target')
    union all
    select
        counting.reporting_period,
        counting.cadence,
        base.unit_code,
        base.figure_key,
        cast(sum(base.value) as decimal(38, 10)) as value,
        max(base.data_through) as data_through,
        max(base.reporting_period) as source_period,
        cast(count(*) as integer) as source_periods
    from base
    inner join counting on base.reporting_period = counting.month
    where base.kind = 'flow'
    group by counting.reporting_period, counting.cadence, base.unit_code, base.figure_key
),

-- A ratio of sums is no mean of ratios: it is taken after the roll-up.
ratios as (
    select
        numerators.reporting_period,
        numerators.cadence,
        numerators.unit_code,
        dictionary.figure_key,
        {{ ratio('numerators.value', 'denominators.value') }} as value,
        numerators.data_through,
        numerators.source_period,
        numerators.source_periods
    from {{ ref('dim_indicator') }} as dictionary
    inner join taken as numerators on dictionary.numerator = numerators.figure_key
    inner join taken as denominators
        on
            dictionary.denominator = denominators.figure_key
            and numerators.reporting_period = denominators.reporting_period
            and numerators.unit_code = denominators.unit_code
    where denominators.value <> 0
)

select
    reporting_period,
    cadence,
    unit_code,
    figure_key,
    value,
    data_through,
    reporting_period as source_period,
    cast(1 as integer) as source_periods
from base
union all
select * from taken
union all
select
    reporting_period,
    cadence,
    unit_code,
    figure_key,
    cast(value as decimal(38, 10)) as value,
    data_through,
    source_period,
    source_periods
from ratios
