{# How the bulletin writes a figure in Chinese: 3.22万户, 0.3万户, 99.61%, 两个, 千亿级, 50多个. #}

{#
  value: decimal(38,10) in base unit; the others as in dim_indicator. The province is printed in the declared
  scale; a city or county in the next lower one (万 for 亿, then none) where it does not reach the scale.
#}
{% macro display_zh(value, scale, measure_word, decimals, style, is_province) -%}
    case {{ style }}
        when 'hanzi' then {{ count_in_hanzi(value) }} || {{ measure_word }}
        when 'magnitude' then {{ magnitude_word(value) }}
        when 'over_ten' then {{ tens_and_more(value) }} || {{ measure_word }}
        else
            case
                when {{ scale }} = '%' then {{ rounded_text(value ~ ' * 100', decimals) }} || '%'
                when
                    {{ scale }} = '亿' and {{ reaches_scale(value, 100000000, decimals, is_province) }}
                    then {{ rounded_text(value ~ ' * 0.00000001', decimals) }} || '亿' || {{ measure_word }}
                when
                    {{ scale }} = '万' and {{ reaches_scale(value, 10000, decimals, is_province) }}
                    or {{ scale }} = '亿' and {{ reaches_scale(value, 10000, decimals, false) }}
                    then {{ rounded_text(value ~ ' * 0.0001', decimals) }} || '万' || {{ measure_word }}
                else {{ rounded_text(value, decimals) }} || {{ measure_word }}
            end
    end
{%- endmacro %}

{# The province keeps its scale unless nothing but zeros would be printed. #}
{% macro reaches_scale(value, factor, decimals, is_province) -%}
    abs({{ value }}) >= {{ factor }} * case when {{ is_province }} then {{ half_of_last_digit(decimals) }} else 1 end
{%- endmacro %}

{# Half-up to `decimals`, trailing zeros dropped. #}
{% macro rounded_text(value, decimals) -%}
    case {{ decimals }}
        when 0 then cast(round({{ value }}, 0) as string)
        {%- for digits in range(1, 7) %}
        when {{ digits }} then regexp_replace(cast(round({{ value }}, {{ digits }}) as string), '[.]?0+$', '')
        {%- endfor %}
    end
{%- endmacro %}

{# Counts to ten in words, 两 for two before a measure word. #}
{% macro count_in_hanzi(value) -%}
    case {{ value }}
        {%- for word in '一两三四五六七八九十' %}
        when {{ loop.index }} then '{{ word }}'
        {%- endfor %}
        else {{ rounded_text(value, 0) }}
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
        else {{ rounded_text(value, 0) }}
    end
{%- endmacro %}

{# 56 is 50多, 50 is 50, 7 is 7. #}
{% macro tens_and_more(value) -%}
    case
        when {{ value }} < 10 or {{ value }} % 10 = 0 then {{ rounded_text(value, 0) }}
        else {{ rounded_text(value ~ ' - ' ~ value ~ ' % 10', 0) }} || '多'
    end
{%- endmacro %}
