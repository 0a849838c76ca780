{{ current_rows('east_west', speaks_of='receiving_unit_code') }}
