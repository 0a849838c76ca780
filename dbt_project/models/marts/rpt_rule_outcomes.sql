-- How the latest submission of each unit, period and dataset does by each rule in force: its last verdict. Rules that look
-- at the whole province run after these models and are not here; nothing is published while an error of theirs stands.
with latest as (
    select
        statuses.reporting_period,
        statuses.unit_code,
        statuses.dataset,
        statuses.sheet,
        statuses.latest_submission_id as submission_id,
        {{ shanghai_day('submissions.received_at') }} as day
    from {{ ref('rpt_submission_status') }} as statuses
    inner join {{ ref('stg_submissions') }} as submissions
        on statuses.latest_submission_id = submissions.submission_id
),

-- A workbook as a whole is judged too: its name, its sheets.
judged as (
    select * from latest
    union all
    select distinct
        reporting_period,
        unit_code,
        cast(null as string) as dataset,
        '整个文件' as sheet,
        submission_id,
        day
    from latest
),

verdicts as (
    select *
    from {{ ref('stg_verdicts') }}
    where scope <> 'bureau'
    qualify row_number() over (partition by submission_id, dataset, rule_code order by judged_at desc) = 1
),

outcomes as (
    select
        judged.reporting_period,
        judged.unit_code,
        judged.sheet,
        verdicts.rule_code,
        rules.title_zh as rule_zh,
        verdicts.severity,
        verdicts.outcome,
        verdicts.checked,
        verdicts.failed,
        max(waivers.expires_on) as waived_until
    from judged
    inner join verdicts
        on
            judged.submission_id = verdicts.submission_id
            and judged.dataset is not distinct from verdicts.dataset
    inner join {{ ref('stg_rules') }} as rules
        on
            verdicts.rule_code = rules.rule_code
            and verdicts.rule_version = rules.rule_version
            and (rules.in_force_until is null or cast(rules.in_force_until as timestamp) > {{ as_of() }})
    left join {{ ref('stg_waivers') }} as waivers
        on
            verdicts.outcome <> 'passed'
            and {{ concerns('waivers.rule_code', 'verdicts.rule_code') }}
            and {{ concerns('waivers.unit_code', 'judged.unit_code') }}
            and {{ concerns('waivers.reporting_period', 'judged.reporting_period') }}
            and judged.day between waivers.granted_on and waivers.expires_on
    group by
        judged.reporting_period,
        judged.unit_code,
        judged.sheet,
        verdicts.rule_code,
        rules.title_zh,
        verdicts.severity,
        verdicts.outcome,
        verdicts.checked,
        verdicts.failed
)

select
    {{ named_unit('outcomes') }},
    outcomes.sheet,
    outcomes.rule_code,
    outcomes.rule_zh,
    case outcomes.severity when 'error' then '错误' when 'warning' then '提示' else '说明' end as severity_zh,
    case
        when outcomes.outcome = 'passed' then '通过'
        when outcomes.waived_until is not null then '已豁免'
        when outcomes.outcome = 'failed' then '不符'
        else '未能运行'
    end as outcome_zh,
    outcomes.checked,
    outcomes.failed,
    outcomes.waived_until
from outcomes
{{ unit_names('outcomes') }}
