{{ current_rows('resident_teams') }}
