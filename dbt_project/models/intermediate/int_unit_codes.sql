-- Every accepted code of a unit, in force or former, to the code in force. A code in force is never
-- read as somebody's former one; one former code of several units stands for the first. A unit may have had several codes,
-- joined by a semicolon.
with units as (
    select * from {{ ref('stg_reporting_units') }}
),

former as (
    select
        code,
        trim(unnest(string_split(replace(previous_code, '；', ';'), ';'))) as previous_code
    from units
    where previous_code is not null
)

select
    code,
    code as unit_code
from units
union all
select
    previous_code as code,
    code as unit_code
from former
where previous_code <> '' and previous_code not in (select code from units)
qualify row_number() over (partition by previous_code order by code) = 1
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
