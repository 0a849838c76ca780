-- The project pool counted by county, category and status.
{%- set counts = {'projects': ['count(*)', 'integer'], 'benefit_households': ['sum(benefit_households)', 'bigint']} %}
{%- for funds in ['total', 'central', 'provincial', 'city', 'county', 'social'] %}
    {%- do counts.update({funds ~ '_funds': ['sum(' ~ funds ~ '_funds)', 'decimal(38,2)']}) %}
{%- endfor %}
{%- do counts.update({'disbursed': ['sum(disbursed)', 'decimal(38,2)']}) %}
{{ counted_by_unit('fct_projects', {'category': 'category', 'status': 'status'}, counts) }}
