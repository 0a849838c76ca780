{{ ledger('figures', {
    'number': 'integer',
    'reporting_period': 'string',
    'unit_code': 'string',
    'figure_key': 'string',
    'value': 'decimal(38,10)',
    'display_zh': 'string',
    'source_period': 'string',
}) }}
