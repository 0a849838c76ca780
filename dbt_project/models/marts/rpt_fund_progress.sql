-- Bridging funds by receiving unit and tier, year to date: what was issued beside what the unit says it did with it.
{{ counted_by_unit('fct_bridging_funds', {'tier': 'tier'}, {
    'documents': ['count(*)', 'integer'],
    'amount': ['sum(amount)', 'decimal(38,2)'],
    'received_amount': ['sum(received_amount)', 'decimal(38,2)'],
    'spent': ['sum(spent)', 'decimal(38,2)'],
    'balance': ['sum(balance)', 'decimal(38,2)'],
    'projects': ['sum(projects)', 'integer'],
}) }}
