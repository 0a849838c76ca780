-- Early warnings counted by county, kind and level: how many, how many of them new, how many not looked at by their day.
{{ counted_by_unit('rpt_warnings', {'title_zh': 'title_zh', 'level_zh': 'level_zh'}, {
    'warnings': ['count(*)', 'integer'],
    'new_warnings': ['count(*) filter (where is_new)', 'integer'],
    'overdue_warnings': ['count(*) filter (where days_overdue > 0)', 'integer'],
}) }}
