{{ current_rows('resettlement_sites') }}
