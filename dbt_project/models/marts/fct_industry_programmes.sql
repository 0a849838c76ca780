{{ current_rows('industry_programmes', speaks_of='county_code') }}
