{#
  舍位平衡: printed parts that add up to their printed total, by the largest remainder. Each part is its exact value, floored
  to its last printed digit; as many of them get one more as the total has left, those with the largest remainders first.
  A part so moves by less than one of its last digit.
#}

{#
  parts: a relation with the columns `keys` (what a total is of), `part` (what tells its parts apart), digits (a part's exact
  value counted in its last printed digit, as in_last_digits), total_digits (the total as printed, counted likewise) and
  place (who comes first of equal remainders). The parts' exact sum must be the exact total, and the printed total no more
  than one last digit from it. Gives keys, part and digits as printed, whole numbers.
#}
{% macro balanced(parts, keys, part) -%}
    select
        {{ keys }},
        {{ part }},
        cast(floored + case when turn <= left_over then 1 else 0 end as decimal(28, 0)) as digits
    from (
        select
            *,
            total_digits - sum(floored) over (partition by {{ keys }}) as left_over,
            row_number() over (partition by {{ keys }} order by digits - floored desc, place) as turn
        from (
            select
                *,
                cast(floor(digits) as decimal(28, 0)) as floored
            from {{ parts }}
        ) as floored_parts
    ) as ranked
{%- endmacro %}

{# A value in base unit counted in the last printed digit of its mark (亿 or 万), exact: 32249 户 in 0.01万 is 322.49. #}
{% macro in_last_digits(value, mark, decimals) -%}
    case {{ mark }}
        {%- for word, exponent in [('亿', 8), ('万', 4)] %}
        when '{{ word }}'
            then case {{ decimals }}
                {%- for digits in range(7) %}
                when {{ digits }} then cast({{ value }} * {{ power_of_ten(digits - exponent) }} as decimal(38, 18))
                {%- endfor %}
            end
        {%- endfor %}
    end
{%- endmacro %}

{# The number before the mark, of so many of its last printed digit: 3.22 of 322. #}
{% macro of_last_digits(digits, decimals) -%}
    case {{ decimals }}
        {%- for places in range(7) %}
        when {{ places }} then cast({{ digits }} * {{ power_of_ten(-places) }} as decimal(28, 6))
        {%- endfor %}
    end
{%- endmacro %}

{# 100, 1, 0.0001: a decimal literal. #}
{% macro power_of_ten(exponent) -%}
    {{ 10 ** exponent if exponent >= 0 else '0.' ~ '0' * (-exponent - 1) ~ '1' }}
{%- endmacro %}

{# The parts whose printed digits are made to add up: hard identities of sums, as rows (identity, parts, part_key, place, total_key). #}
{% macro balanced_identities() -%}
    {%- set rows, taken = [], [] -%}
    {%- for identity in identities() if identity.relation == 'equal' and identity.strength == 'hard' and not identity.times -%}
        {%- for key in identity.left if key not in taken -%}
            {%- do taken.append(key) -%}
            {%- do rows.append((identity.identity, identity.left | length, key, loop.index, identity.right)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(rows) }}
{%- endmacro %}
