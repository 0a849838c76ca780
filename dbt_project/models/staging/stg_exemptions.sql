{{ ruling('EXEMPTIONS', {
    'unit_code': 'string',
    'dataset': 'string',
    'from_period': 'string',
    'to_period': 'string',
    'reason': 'string',
}) }}
