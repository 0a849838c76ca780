{{ current_rows('hotline_12317', speaks_of='county_code') }}
