{# The declared warnings: {income_lines, levels, raised_from_signs, deadlines, warnings}. Empty while dbt parses. #}
{% macro warning_settings() -%}
    {%- if execute -%}
        {{ return(graph.nodes['model.zhenxing.rpt_warnings'].config.meta) }}
    {%- endif -%}
    {{ return({'income_lines': [], 'levels': [], 'raised_from_signs': 2, 'deadlines': {}, 'warnings': []}) }}
{%- endmacro %}

{# What warnings are looked for in. Written out, because dbt sees a dependency only where ref() has a literal name. #}
{% macro warning_relations() -%}
    {{ return({
        'int_warning_households': ref('int_warning_households'),
        'int_warning_loans': ref('int_warning_loans'),
        'int_warning_loan_townships': ref('int_warning_loan_townships'),
        'int_warning_employment': ref('int_warning_employment'),
        'int_warning_hazards': ref('int_warning_hazards'),
        'int_warning_counties': ref('int_warning_counties'),
    }) }}
{%- endmacro %}

{# SQL of an entry, with its parameters in the place of their {names} and number(column) written out. #}
{% macro with_parameters(text, warning) -%}
    {%- set filled = [text | string] -%}
    {%- for name, value in (warning.parameters or {}).items() -%}
        {%- do filled.append(filled[-1] | replace('{' ~ name ~ '}', value | string)) -%}
    {%- endfor -%}
    {{ return(modules.re.sub('number[(](\\w+)[)]', number_text('\\1'), filled[-1])) }}
{%- endmacro %}

{# The level of a warning by the number of its subject's signs. #}
{% macro level_of(level, subject_kind, signs) -%}
    {%- set settings = warning_settings() -%}
    case
        {%- for name in settings.levels[:-1] %}
        when {{ level }} = '{{ name }}' and {{ subject_kind }} = 'household' and {{ signs }} >= {{ settings.raised_from_signs }}
            then '{{ settings.levels[loop.index] }}'
        {%- endfor %}
        else {{ level }}
    end
{%- endmacro %}
