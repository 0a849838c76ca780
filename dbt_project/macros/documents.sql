{#
  A document number without what clerks vary: 陕财农〔2021〕15号 is also written with [ ], ( ) or 【 】, full-width
  or half-width, and with blanks.
#}
{% macro document_key(document_no) -%}
    translate(replace({{ document_no }}, ' ', ''), '〔〕[]［］()（）【】　', '()()()()()()')
{%- endmacro %}
