{{ ruling('REOPENINGS', {
    'unit_code': 'string',
    'dataset': 'string',
    'reporting_period': 'string',
    'opens_on': 'date',
    'due_on': 'date',
    'close_on': 'date',
    'reason': 'string',
}) }}
