-- A unit leads to itself, its city and its province: facts joined here add up on every level, each row once a level. One that
-- ended leads to those that go on after it too, so that their figures reach back before their first month.
with units as (
    select
        code,
        city_code,
        substr(code, 1, 2) || '0000' as province_code
    from {{ ref('stg_reporting_units') }}
)

select
    code as unit_code,
    code as ancestor_code
from units
union all
select
    code as unit_code,
    city_code as ancestor_code
from units
union all
select
    code as unit_code,
    province_code as ancestor_code
from units
union all
select
    unit_code,
    successor_code as ancestor_code
from {{ ref('int_unit_successions') }}
union all
select distinct
    city_code as unit_code,
    city_code as ancestor_code
from units
union all
select distinct
    city_code as unit_code,
    province_code as ancestor_code
from units
union all
select distinct
    province_code as unit_code,
    province_code as ancestor_code
from units
