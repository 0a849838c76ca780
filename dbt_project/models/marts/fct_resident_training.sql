{{ current_rows('resident_training') }}
