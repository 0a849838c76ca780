{#
  The fact that each measured dataset ends in, as its card says. Written out, because dbt sees a dependency only
  where ref() is called with a literal name.
#}
{% macro facts_by_dataset() -%}
    {{ return({
        'bridging_funds': ref('fct_bridging_funds'),
        'east_west': ref('fct_east_west'),
        'employment': ref('fct_employment'),
        'fund_spending': ref('fct_bridging_funds'),
        'hotline_12317': ref('fct_hotline_calls'),
        'industry_programmes': ref('fct_industry_programmes'),
        'microcredit': ref('fct_loans'),
        'monitored_households': ref('fct_monitored_households'),
        'product_submissions': ref('fct_recognised_products'),
        'projects': ref('fct_projects'),
        'recognised_products': ref('fct_recognised_products'),
        'resettlement_sites': ref('fct_resettlement_sites'),
        'resident_teams': ref('fct_resident_teams'),
        'resident_training': ref('fct_resident_training'),
        'risk_screening': ref('fct_risk_screening'),
        'supervision': ref('fct_supervision'),
    }) }}
{%- endmacro %}
