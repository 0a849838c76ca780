-- The counties' registers of recognised products, with what the bureau's list says of the same product.
-- A listed product that no register knows keeps a row of its own, without a day of recognition.
with registered as (
    select
        submissions.unit_code,
        submissions.reporting_period,
        landed.product_no,
        landed.product_name,
        landed.product_category,
        landed.supplier_name,
        landed.supplier_uscc,
        landed.township,
        landed.recognised_on,
        landed.valid_to,
        landed.commodity_value,
        landed.benefit_mode,
        landed.benefit_people,
        landed.submission_id,
        landed.source_sheet,
        landed.source_row
    from {{ ref('stg_recognised_products') }} as landed
    inner join {{ ref('int_current_submissions') }} as submissions
        on
            landed.submission_id = submissions.submission_id
            and submissions.dataset = 'recognised_products'
),

listed as (
    select
        {{ unit_spoken_of('landed.county_code') }} as unit_code,
        submissions.reporting_period,
        landed.product_no,
        landed.product_name,
        landed.supplier_name,
        landed.supplier_uscc,
        landed.submitted_on,
        landed.submission_id,
        landed.source_sheet,
        landed.source_row
    from {{ ref('stg_product_submissions') }} as landed
    inner join {{ ref('int_current_submissions') }} as submissions
        on
            landed.submission_id = submissions.submission_id
            and submissions.dataset = 'product_submissions'
    left join {{ ref('int_unit_codes') }} as codes on landed.county_code = codes.code
    {{ join_successions() | indent(4) }}
)

select
    coalesce(registered.unit_code, listed.unit_code) as unit_code,
    coalesce(registered.reporting_period, listed.reporting_period) as reporting_period,
    coalesce(registered.product_no, listed.product_no) as product_no,
    coalesce(registered.product_name, listed.product_name) as product_name,
    registered.product_category,
    coalesce(registered.supplier_name, listed.supplier_name) as supplier_name,
    coalesce(registered.supplier_uscc, listed.supplier_uscc) as supplier_uscc,
    registered.township,
    registered.recognised_on,
    registered.valid_to,
    registered.commodity_value,
    registered.benefit_mode,
    registered.benefit_people,
    listed.submitted_on,
    listed.submission_id as listed_submission_id,
    listed.source_sheet as listed_sheet,
    listed.source_row as listed_row,
    coalesce(registered.submission_id, listed.submission_id) as submission_id,
    coalesce(registered.source_sheet, listed.source_sheet) as source_sheet,
    coalesce(registered.source_row, listed.source_row) as source_row
from registered
full outer join listed
    on
        registered.reporting_period = listed.reporting_period
        and registered.unit_code = listed.unit_code
        and registered.product_no = listed.product_no
