select * from {{ reporting_units_file() }}
