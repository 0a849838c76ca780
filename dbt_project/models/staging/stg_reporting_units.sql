-- The list of units as the home has it; what a list of its own may leave out is null.
with listed as (
    select * from {{ reporting_units_file() }}
    union all by name
    select
        cast(null as string) as previous_code,
        cast(null as string) as previous_name,
        cast(null as string) as valid_from,
        cast(null as string) as valid_to,
        cast(null as string) as successor_code
    where false
)

select
    * exclude (valid_from, valid_to) replace (nullif(trim(successor_code), '') as successor_code),
    nullif(trim(valid_from), '') as reports_from,
    nullif(trim(valid_to), '') as reports_to
from listed
