-- Every file received, and what became of it.
with judged as (
    select
        judged.submission_id,
        cast(count(*) as integer) as datasets,
        cast(count(*) filter (where judged.is_accepted) as integer) as datasets_accepted,
        cast(count(*) filter (where judged.is_judged) as integer) as datasets_judged,
        cast(count(in_force.submission_id) as integer) as datasets_current,
        cast(sum(judged.warnings) as integer) as warnings
    from {{ ref('int_judged_submissions') }} as judged
    left join {{ ref('int_current_submissions') }} as in_force
        on judged.submission_id = in_force.submission_id and judged.dataset = in_force.dataset
    group by judged.submission_id
),

statuses as (
    select
        submissions.*,
        coalesce(codes.unit_code, submissions.unit_code) as unit_code_in_force,
        coalesce(judged.datasets, 0) as datasets,
        coalesce(judged.datasets_accepted, 0) as datasets_accepted,
        coalesce(judged.datasets_current, 0) > 0 as is_current,
        case
            when submissions.problem_code is not null then 'unreadable'
            when coalesce(judged.datasets_judged, 0) = 0 then 'pending'
            when judged.datasets_accepted = 0 then 'returned'
            when judged.datasets_accepted < judged.datasets then 'partly_accepted'
            when judged.warnings > 0 then 'accepted_with_warnings'
            else 'accepted'
        end as status
    from {{ ref('stg_submissions') }} as submissions
    left join judged on submissions.submission_id = judged.submission_id
    left join {{ ref('int_unit_codes') }} as codes on submissions.unit_code = codes.code
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
    problem_code,
    problem_text
from statuses
