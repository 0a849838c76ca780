{{ ruling('WAIVERS', {
    'rule_code': 'string',
    'unit_code': 'string',
    'reporting_period': 'string',
    'granted_on': 'date',
    'expires_on': 'date',
    'reason': 'string',
}) }}
