{{ current_rows('monitored_households') }}
