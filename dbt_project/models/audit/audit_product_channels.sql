-- Each product on the bureau's list, beside the register of its county. Judged where the county reported in the period.
with listed as (
    select
        {{ unit_spoken_of('landed.county_code') }} as unit_code,
        submissions.reporting_period,
        landed.product_no,
        landed.supplier_uscc,
        landed.supplier_name,
        landed.submission_id,
        landed.source_sheet,
        landed.source_row
    from {{ ref('stg_product_submissions') }} as landed
    inner join {{ ref('int_current_submissions') }} as submissions
        on landed.submission_id = submissions.submission_id and submissions.dataset = 'product_submissions'
    left join {{ ref('int_unit_codes') }} as codes on landed.county_code = codes.code
    {{ join_successions() | indent(4) }}
),

registered as (
    select
        landed.product_no,
        landed.supplier_uscc,
        landed.supplier_name,
        submissions.unit_code,
        submissions.reporting_period
    from {{ ref('stg_recognised_products') }} as landed
    inner join {{ ref('int_current_submissions') }} as submissions
        on landed.submission_id = submissions.submission_id and submissions.dataset = 'recognised_products'
)

select
    listed.reporting_period,
    listed.unit_code,
    listed.product_no,
    listed.supplier_uscc as listed_supplier,
    registered.supplier_uscc as registered_supplier,
    listed.supplier_name as listed_name,
    registered.supplier_name as registered_name,
    listed.submission_id,
    listed.source_sheet,
    listed.source_row,
    case
        when registered.product_no is null then 'not_registered'
        when registered.supplier_uscc <> listed.supplier_uscc then 'other_supplier'
        else 'exact'
    end as verdict
from listed
inner join {{ ref('int_current_submissions') }} as counties
    on
        listed.reporting_period = counties.reporting_period
        and listed.unit_code = counties.unit_code
        and counties.dataset = 'recognised_products'
left join registered
    on
        listed.reporting_period = registered.reporting_period
        and listed.unit_code = registered.unit_code
        and listed.product_no = registered.product_no
