-- Monitored households counted by county, category, main risk, and whether the risk is eliminated.
{{ counted_by_unit(
    'fct_monitored_households',
    {'category': 'category', 'risk_1': 'risk_1', 'risk_zh': "case when risk_eliminated then '已消除' else '未消除' end"},
    {
        'households': ['count(*)', 'integer'],
        'people': ['sum(members)', 'integer'],
        'labour_members': ['sum(labour_members)', 'integer'],
        'ill_members': ['sum(ill_members)', 'integer'],
        'disabled_members': ['sum(disabled_members)', 'integer'],
        'without_measures': ["count(*) filter (where not risk_eliminated and trim(coalesce(measures, '')) = '')", 'integer'],
    }
) }}
