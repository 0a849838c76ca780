-- One row per submission and dataset that came into force: when it was first accepted, unless a higher version stood then.
-- A correction is one that came into force where an earlier acceptance stood.
with accepted as (
    select
        judged.submission_id,
        judged.dataset,
        judged.unit_code,
        judged.reporting_period,
        judged.version,
        judged.received_at,
        decisions.accepted_at
    from {{ ref('int_judged_submissions') }} as judged
    inner join (
        select
            submission_id,
            dataset,
            min(decided_at) as accepted_at
        from {{ ref('stg_decisions') }}
        where state in ('accepted', 'nil')
        group by submission_id, dataset
    ) as decisions on judged.submission_id = decisions.submission_id and judged.dataset = decisions.dataset
    where judged.is_in_calendar
),

compared as (
    select
        ours.submission_id,
        ours.dataset,
        count(others.submission_id) filter (where others.accepted_at < ours.accepted_at) > 0 as is_correction,
        coalesce(bool_or(
            (coalesce(others.version, 0), others.received_at, others.submission_id)
            > (coalesce(ours.version, 0), ours.received_at, ours.submission_id)
        ), false) as is_overtaken
    from accepted as ours
    left join accepted as others
        on
            ours.unit_code = others.unit_code
            and ours.reporting_period = others.reporting_period
            and ours.dataset = others.dataset
            and ours.submission_id <> others.submission_id
            and others.accepted_at <= ours.accepted_at
    group by ours.submission_id, ours.dataset
)

select
    accepted.*,
    compared.is_correction
from accepted
inner join compared on accepted.submission_id = compared.submission_id and accepted.dataset = compared.dataset
where not compared.is_overtaken
