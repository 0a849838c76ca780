{# How the bulletin writes a figure in Chinese: 3.22万户, 0.3万户, 99.61%, 两个, 千亿级, 50多个. #}

{#
  The mark after the number: 亿, 万, % or none. value: decimal(38,10) in base unit. The province is printed in the declared
  scale; a city or county in the next lower one (万 for 亿, then none) where it does not reach the scale.
#}
{% macro printed_mark(value, scale, decimals, is_province) -%}
    case
        when {{ scale }} = '%' then '%'
        when {{ scale }} = '亿' and {{ reaches_scale(value, 100000000, decimals, is_province) }} then '亿'
        when
            {{ scale }} = '万' and {{ reaches_scale(value, 10000, decimals, is_province) }}
            or {{ scale }} = '亿' and {{ reaches_scale(value, 10000, decimals, false) }}
            then '万'
        else ''
    end
{%- endmacro %}

{# The province keeps its scale unless nothing but zeros would be printed. #}
{% macro reaches_scale(value, factor, decimals, is_province) -%}
    abs({{ value }}) >= {{ factor }} * case when {{ is_province }} then {{ half_of_last_digit(decimals) }} else 1 end
{%- endmacro %}

{# The number before the mark: 3.22 of 3.22万户, half-up. #}
{% macro printed_number(value, mark, decimals) -%}
    {{ rounded(in_mark(value, mark), decimals) }}
{%- endmacro %}

{# A value in base unit counted in what its mark stands for, exact. #}
{% macro in_mark(value, mark) -%}
    case {{ mark }}
        when '亿' then cast({{ value }} * 0.00000001 as decimal(38, 18))
        when '万' then cast({{ value }} * 0.0001 as decimal(38, 18))
        when '%' then cast({{ value }} * 100 as decimal(38, 18))
        else cast({{ value }} as decimal(38, 18))
    end
{%- endmacro %}

{# number: as printed_number gives it; mark: as printed_mark; the others as in dim_indicator. #}
{% macro display_zh(value, number, mark, measure_word, style) -%}
    case {{ style }}
        when 'hanzi' then {{ count_in_hanzi(value) }} || {{ measure_word }}
        when 'magnitude' then {{ magnitude_word(value) }}
        when 'over_ten' then {{ tens_and_more(value) }} || {{ measure_word }}
        else {{ number_text(number) }} || {{ mark }} || {{ measure_word }}
    end
{%- endmacro %}

{# What display_zh says in base unit: 32200 for 3.22万户; null where it says words, which stand for many values. #}
{% macro printed_value(value, number, mark, style) -%}
    cast(
        case
            when {{ style }} = 'magnitude' then null
            when {{ style }} = 'hanzi' and {{ value }} between 1 and 10 then null
            when {{ style }} = 'over_ten' and not {{ is_round_count(value) }} then null
            else {{ number }} * {{ unit_factor(mark) }}
        end as decimal(38, 10)
    )
{%- endmacro %}

{# Half-up to `decimals`. #}
{% macro rounded(value, decimals) -%}
    case {{ decimals }}
        {%- for digits in range(7) %}
        when {{ digits }} then cast(round({{ value }}, {{ digits }}) as decimal(28, 6))
        {%- endfor %}
    end
{%- endmacro %}

{# A decimal as text, trailing zeros dropped. #}
{% macro number_text(number) -%}
    regexp_replace(cast({{ number }} as string), '[.]?0+$', '')
{%- endmacro %}

{# Counts to ten in words, 两 for two before a measure word. #}
{% macro count_in_hanzi(value) -%}
    case {{ value }}
        {%- for word in '一两三四五六七八九十' %}
        when {{ loop.index }} then '{{ word }}'
        {%- endfor %}
        else {{ whole_text(value) }}
    end
{%- endmacro %}

{# The order of magnitude alone: 千亿级 says nothing of the digits. #}
{% macro magnitude_word(value) -%}
    case
        {%- for exponent, word in [
            (12, '万亿'), (11, '千亿'), (10, '百亿'), (9, '十亿'), (8, '亿'), (7, '千万'), (6, '百万'), (5, '十万'), (4, '万')
        ] %}
        when {{ value }} >= {{ 10 ** exponent }} then '{{ word }}级'
        {%- endfor %}
        else {{ whole_text(value) }}
    end
{%- endmacro %}

{# 56 is 50多, 50 is 50, 7 is 7. #}
{% macro tens_and_more(value) -%}
    case
        when {{ is_round_count(value) }} then {{ whole_text(value) }}
        else {{ whole_text(value ~ ' - ' ~ value ~ ' % 10') }} || '多'
    end
{%- endmacro %}

{% macro is_round_count(value) -%}
    ({{ value }} < 10 or {{ value }} % 10 = 0)
{%- endmacro %}

{% macro whole_text(value) -%}
    cast(round({{ value }}, 0) as string)
{%- endmacro %}
