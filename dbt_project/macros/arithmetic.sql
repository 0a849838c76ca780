{#
  Exact arithmetic of published figures. No doubles: a ratio is integer arithmetic, and rounding is half-up
  (half away from zero), as the bureau rounds.
#}

{# numerator / denominator, both decimal(38,10), to ten decimals. The denominator must not be 0. #}
{% macro ratio(numerator, denominator) -%}
    {{ adapter.dispatch('ratio')(numerator, denominator) }}
{%- endmacro %}

{% macro duckdb__ratio(numerator, denominator) -%}
    {%- set n = "cast(" ~ numerator ~ " * 10000000000 as hugeint)" -%}
    {%- set d = "cast(" ~ denominator ~ " * 10000000000 as hugeint)" -%}
    cast(
        sign({{ n }}) * sign({{ d }})
        * ((abs({{ n }}) * 20000000000 + abs({{ d }})) // (2 * abs({{ d }})))
        as decimal(38, 0)
    ) * 0.0000000001
{%- endmacro %}

{# Half a unit of the last of `decimals` printed digits, in what is printed. #}
{% macro half_of_last_digit(decimals) -%}
    case {{ decimals }}
        {%- for digits in range(7) %}
        when {{ digits }} then cast({{ '0.' ~ '0' * digits ~ '5' }} as decimal(9, 7))
        {%- endfor %}
    end
{%- endmacro %}

{# Factor to base unit of a printed unit: 亿元 100000000, 万户 10000, % 0.01, 元 1. As orchestration/cards.py. #}
{% macro unit_factor(unit) -%}
    case
        when substr({{ unit }}, 1, 1) = '亿' then cast(100000000 as decimal(11, 2))
        when substr({{ unit }}, 1, 1) = '万' then cast(10000 as decimal(11, 2))
        when {{ unit }} = '%' then cast(0.01 as decimal(11, 2))
        else cast(1 as decimal(11, 2))
    end
{%- endmacro %}
