-- Every dataset a unit owes in a month or week that anyone has reported on, or in the month after the last one, and where it
-- stands. A week is owed by those who owe a dataset weekly.
-- Three things are told apart: a sheet that is missing (returned, 缺表), a nil return, and a unit that is exempt.
with owed_datasets as (
    {%- for card in cards() %}
    {%- for cadence in card.cadences if cadence in ['week', 'month'] %}
    select
        '{{ cadence }}' as cadence,
        '{{ card.dataset }}' as dataset,
        '{{ card.sheet }}' as sheet,
        '{{ card.submitted_by }}' as submitted_by
    union all
    {%- endfor %}
    {%- endfor %}
    select '' as cadence, '' as dataset, '' as sheet, '' as submitted_by where false
),

moment as (
    select * from {{ ref('int_moment') }}
),

-- What has not begun, or was not landed because it lies before the first month, is a slip of somebody's cover.
reported as (
    select periods.*
    from {{ ref('dim_period') }} as periods
    cross join moment
    where
        periods.cadence in ('week', 'month')
        and periods.start_on <= moment.today
        and periods.reporting_period in (select reporting_period from {{ ref('int_judged_submissions') }})
),

periods as (
    select * from reported
    union all
    select *
    from {{ ref('dim_period') }}
    where cadence = 'month' and start_on = (select max(end_on) + 1 from reported where cadence = 'month')
),

owed as (
    select
        periods.reporting_period,
        {{ month_in('periods.end_on') }} as month,
        units.unit_code,
        owed_datasets.dataset,
        owed_datasets.sheet
    from periods
    inner join owed_datasets on periods.cadence = owed_datasets.cadence
    inner join {{ ref('dim_reporting_unit') }} as units
        on
            units.kind in ('county', 'province')
            and {{ in_force('units', month_in('periods.end_on')) }}
            and owed_datasets.submitted_by in (units.kind, 'all')
),

-- A week goes with the month in which it ends.
exempted as (
    select distinct
        owed.reporting_period,
        owed.unit_code,
        owed.dataset
    from owed
    inner join {{ ref('stg_exemptions') }} as exemptions
        on
            {{ concerns('exemptions.unit_code', 'owed.unit_code') }}
            and {{ concerns('exemptions.dataset', 'owed.dataset') }}
            and owed.month >= exemptions.from_period
            and owed.month <= coalesce(exemptions.to_period, owed.month)
),

latest as (
    select *
    from {{ ref('int_judged_submissions') }}
    qualify row_number() over (
        partition by unit_code, reporting_period, dataset
        order by version desc nulls last, received_at desc nulls last, submission_id
    ) = 1
),

-- On time is who first sent what was accepted by the due day: a correction later on makes nobody late.
sent as (
    select
        unit_code,
        reporting_period,
        dataset,
        cast(count(*) filter (where sheet_state <> 'missing') as integer) as tries,
        min(received_at) filter (where is_accepted) as first_accepted_at
    from {{ ref('int_judged_submissions') }}
    group by unit_code, reporting_period, dataset
),

stands as (
    select
        owed.*,
        owed.reporting_period || owed.unit_code || owed.dataset as window_key,
        {{ shanghai_day('coalesce(sent.first_accepted_at, latest.received_at, moment.known_until)') }} as day,
        moment.today,
        coalesce(in_force.submission_id, latest.submission_id) as submission_id,
        coalesce(in_force.received_at, latest.received_at) as received_at,
        coalesce(in_force.warnings, latest.warnings, 0) as warnings,
        coalesce(in_force.waived, latest.waived, 0) as waived,
        latest.submission_id as latest_submission_id,
        latest.state as latest_state,
        in_force.submission_id is not null as is_in_force,
        in_force.sheet_state = 'nil' as is_nil,
        coalesce(sent.tries, 0) as tries,
        exempted.dataset is not null as is_exempt
    from owed
    cross join moment
    {%- for joined in [
        (ref('int_current_submissions'), 'in_force'), ('latest', 'latest'), ('sent', 'sent'), ('exempted', 'exempted')
    ] %}
    left join {{ joined[0] }} as {{ joined[1] }}
        on
            owed.reporting_period = {{ joined[1] }}.reporting_period
            and owed.unit_code = {{ joined[1] }}.unit_code
            and owed.dataset = {{ joined[1] }}.dataset
    {%- endfor %}
),

windows as (
    {{ with_window('stands') | indent(4) }}
),

statuses as (
    select
        *,
        case
            when is_in_force and latest_state not in ('accepted', 'nil', 'pending') then 'partly_accepted'
            when is_in_force and is_nil then 'nil_return'
            when is_in_force then 'accepted'
            when is_exempt then 'exempt'
            when latest_state = 'pending' then 'pending'
            when latest_state is not null then 'returned'
            when today <= due_on then 'not_due'
            else 'overdue'
        end as status
    from windows
)

select
    reporting_period,
    unit_code,
    dataset,
    sheet,
    status,
    case status
        when 'not_due' then '未到期'
        when 'overdue' then '逾期未报'
        when 'pending' then '待审核'
        when 'returned' then '已报未通过'
        when 'partly_accepted' then '部分接收'
        when 'accepted' then '接收'
        when 'nil_return' then '零报送'
        when 'exempt' then '免报'
    end as status_zh,
    case when status in ('returned', 'partly_accepted') then latest_state end as reason,
    case when status in ('returned', 'partly_accepted')
        then case latest_state when 'missing' then '缺表' when 'closed' then '期已关闭' else '退回' end
    end as reason_zh,
    submission_id,
    latest_submission_id,
    received_at,
    due_on,
    close_on,
    case when latest_submission_id is not null then day <= due_on end as on_time,
    tries,
    warnings,
    waived
from statuses
