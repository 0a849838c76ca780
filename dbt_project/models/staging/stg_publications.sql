{{ ledger('publications', {
    'number': 'integer',
    'published_at': 'timestamp',
    'known_until': 'timestamp',
    'fingerprint': 'string',
    'figures_changed': 'integer',
    'puts_back': 'integer',
    'reason': 'string',
}) }}
