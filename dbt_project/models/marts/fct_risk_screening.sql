{{ current_rows('risk_screening') }}
