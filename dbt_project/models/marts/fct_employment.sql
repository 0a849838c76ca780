{{ current_rows('employment') }}
