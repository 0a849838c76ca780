{{ current_rows('microcredit') }}
