-- Every accepted code of a unit, in force or former, to the code in force.
with units as (
    select * from {{ ref('stg_reporting_units') }}
)

select
    code,
    code as unit_code
from units
union all
select
    previous_code as code,
    code as unit_code
from units
where previous_code is not null
union all
select distinct
    city_code as code,
    city_code as unit_code
from units
union all
select distinct
    substr(code, 1, 2) || '0000' as code,
    substr(code, 1, 2) || '0000' as unit_code
from units
