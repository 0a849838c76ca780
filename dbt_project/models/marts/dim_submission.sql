-- Every file received, and what became of it. A dataset that its unit need not report counts for nothing, as on the receipt.
with judged as (
    select
        judged.submission_id,
        cast(count(*) filter (where judged.state <> 'exempt') as integer) as datasets,
        cast(count(*) filter (where judged.is_accepted) as integer) as datasets_accepted,
        cast(count(*) filter (where judged.is_judged) as integer) as datasets_judged,
        cast(sum(judged.warnings) as integer) as warnings
    from {{ ref('int_judged_submissions') }} as judged
    group by judged.submission_id
),

-- For each dataset accepted: the submission in force today, itself or a later one.
in_force as (
    select distinct
        judged.submission_id,
        current_ones.submission_id as submission_in_force
    from {{ ref('int_judged_submissions') }} as judged
    inner join {{ ref('int_current_submissions') }} as current_ones
        on
            judged.unit_code = current_ones.unit_code
            and judged.reporting_period = current_ones.reporting_period
            and judged.dataset = current_ones.dataset
    where judged.is_accepted
),

standing as (
    select
        submission_id,
        count(*) filter (where submission_in_force = submission_id) > 0 as is_current,
        {{ ordered_list('case when submission_in_force <> submission_id then submission_in_force end', 'submission_in_force') }}
            as superseded_by
    from in_force
    group by submission_id
),

asked as (
    select
        submissions.submission_id as window_key,
        coalesce(codes.unit_code, submissions.unit_code) as unit_code,
        submissions.reporting_period,
        cast(null as string) as dataset,
        {{ shanghai_day('submissions.received_at') }} as day
    from {{ ref('stg_submissions') }} as submissions
    left join {{ ref('int_unit_codes') }} as codes on submissions.unit_code = codes.code
),

windows as (
    {{ with_window('asked') | indent(4) }}
),

-- What was found of the workbook as a whole.
workbooks as (
    select * from {{ ref('int_decisions') }} where dataset = 'workbook'
),

statuses as (
    select
        submissions.*,
        windows.unit_code as unit_code_in_force,
        windows.due_on,
        windows.day <= windows.due_on as on_time,
        coalesce(judged.datasets, 0) as datasets,
        coalesce(judged.datasets_accepted, 0) as datasets_accepted,
        coalesce(standing.is_current, false) as is_current,
        standing.superseded_by,
        case
            when submissions.problem_code is not null then 'unreadable'
            when coalesce(judged.datasets_judged, 0) = 0 then 'pending'
            when coalesce(workbooks.errors, 0) > 0 or judged.datasets > 0 and judged.datasets_accepted = 0 then 'returned'
            when judged.datasets_accepted < judged.datasets then 'partly_accepted'
            when judged.warnings + coalesce(workbooks.warnings, 0) > 0 then 'accepted_with_warnings'
            else 'accepted'
        end as status
    from {{ ref('stg_submissions') }} as submissions
    inner join windows on submissions.submission_id = windows.window_key
    left join judged on submissions.submission_id = judged.submission_id
    left join standing on submissions.submission_id = standing.submission_id
    left join workbooks on submissions.submission_id = workbooks.submission_id
)

select
    submission_id,
    unit_code_in_force as unit_code,
    reporting_period,
    cadence,
    file_name,
    format,
    sha256,
    received_at,
    due_on,
    on_time,
    version,
    status,
    case status
        when 'accepted' then '接收'
        when 'accepted_with_warnings' then '接收但有提示'
        when 'partly_accepted' then '部分接收'
        when 'returned' then '退回'
        when 'unreadable' then '无法读取'
        when 'pending' then '待审核'
    end as status_zh,
    datasets,
    datasets_accepted,
    is_current,
    datasets_accepted > 0 and not is_current as is_superseded,
    superseded_by,
    problem_code,
    problem_text
from statuses
