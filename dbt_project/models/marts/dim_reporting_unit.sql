-- The province, its cities and its county-level units, by the code in force; those that ended stay, with who goes on.
with counties as (
    select * from {{ ref('stg_reporting_units') }}
),

cities as (
    select distinct
        city_code,
        city_name,
        substr(city_code, 1, 2) || '0000' as province_code
    from counties
),

provinces as (
    select distinct province_code from cities
)

select
    counties.code as unit_code,
    counties.name as unit_name,
    counties.short_name,
    'county' as kind,
    counties.kind_cn as kind_zh,
    counties.city_code as parent_code,
    counties.city_code,
    counties.city_name,
    counties.previous_code as former_code,
    counties.previous_name as former_name,
    counties.reports_from,
    counties.reports_to,
    counties.successor_code,
    counties.former_poverty_county = 'yes' as former_poverty_county,
    try_cast(counties.poverty_exit_year as integer) as poverty_exit_year
from counties
union all
select
    city_code as unit_code,
    city_name as unit_name,
    regexp_replace(city_name, '市$', '') as short_name,
    'city' as kind,
    '设区市' as kind_zh,
    province_code as parent_code,
    city_code,
    city_name,
    cast(null as string) as former_code,
    cast(null as string) as former_name,
    cast(null as string) as reports_from,
    cast(null as string) as reports_to,
    cast(null as string) as successor_code,
    cast(null as boolean) as former_poverty_county,
    cast(null as integer) as poverty_exit_year
from cities
union all
select
    provinces.province_code as unit_code,
    coalesce(names.name, provinces.province_code) as unit_name,
    regexp_replace(coalesce(names.name, provinces.province_code), '(省|市|自治区)$', '') as short_name,
    'province' as kind,
    '省' as kind_zh,
    cast(null as string) as parent_code,
    cast(null as string) as city_code,
    cast(null as string) as city_name,
    cast(null as string) as former_code,
    cast(null as string) as former_name,
    cast(null as string) as reports_from,
    cast(null as string) as reports_to,
    cast(null as string) as successor_code,
    cast(null as boolean) as former_poverty_county,
    cast(null as integer) as poverty_exit_year
from provinces
left join {{ ref('provinces') }} as names on provinces.province_code = names.code
