{{ current_rows('supervision', speaks_of='county_code') }}
