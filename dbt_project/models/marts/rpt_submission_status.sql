-- Every dataset a unit owes in a period that anyone has reported on, and where it stands.
with owed_datasets as (
    {%- for card in cards() %}
    {%- for cadence in card.cadences %}
    select '{{ card.dataset }}' as dataset, '{{ card.sheet }}' as sheet, '{{ card.submitted_by }}' as submitted_by, '{{ cadence }}' as cadence
    {%- if not loop.last %} union all{% endif %}
    {%- endfor %}
    {%- if not loop.last %} union all{% endif %}
    {%- else %}
    select '' as dataset, '' as sheet, '' as submitted_by, '' as cadence where false
    {%- endfor %}
),

periods as (
    select *
    from {{ ref('dim_period') }}
    where reporting_period in (select reporting_period from {{ ref('stg_submissions') }})
),

owed as (
    select
        periods.reporting_period,
        units.unit_code,
        owed_datasets.dataset,
        owed_datasets.sheet,
        periods.due_on,
        periods.close_on
    from periods
    inner join owed_datasets on periods.cadence = owed_datasets.cadence
    inner join {{ ref('dim_reporting_unit') }} as units
        on
            units.kind in ('county', 'province')
            and owed_datasets.submitted_by in (units.kind, 'all')
),

-- The submission in force; where none is accepted, the latest that was sent.
sent as (
    select *
    from {{ ref('int_judged_submissions') }}
    qualify row_number() over (
        partition by unit_code, reporting_period, dataset
        order by is_accepted desc, version desc nulls last, received_at desc nulls last, submission_id
    ) = 1
),

statuses as (
    select
        owed.*,
        sent.submission_id,
        sent.received_at,
        case
            when sent.submission_id is null then 'not_submitted'
            when not sent.is_accepted and sent.sheet_state <> 'missing' and not sent.is_judged then 'pending'
            when not sent.is_accepted then 'returned'
            when sent.sheet_state = 'nil' then 'nil_return'
            when sent.warnings > 0 then 'accepted_with_warnings'
            else 'accepted'
        end as status
    from owed
    left join sent
        on
            owed.reporting_period = sent.reporting_period
            and owed.unit_code = sent.unit_code
            and owed.dataset = sent.dataset
)

select
    reporting_period,
    unit_code,
    dataset,
    sheet,
    status,
    case status
        when 'not_submitted' then '未报'
        when 'pending' then '待审核'
        when 'returned' then '已报未通过'
        when 'nil_return' then '零报送'
        when 'accepted_with_warnings' then '接收但有提示'
        when 'accepted' then '接收'
    end as status_zh,
    submission_id,
    received_at,
    due_on,
    close_on,
    -- Days are counted in the bureau's time zone.
    cast(received_at + interval '8' hour as date) <= due_on as on_time
from statuses
