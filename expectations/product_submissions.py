"""Rules of 扶贫产品报送: the bureau's list of products sent to the national bureau."""

from expectations.rule import FORM, UNSOURCED, Rule
from expectations.shapes import after_period, bad_rows, text, two_names

DATASET = "product_submissions"

RULES = [
    Rule(
        code="R-PROD-30",
        dataset=DATASET,
        severity="error",
        title_zh="报送日期不晚于报告期末",
        message_zh="{found},应{expected}",
        remedy_zh="核对报送日期;尚未报送的不填报",
        source=FORM,
        cells=("submitted_on",),
        query=after_period(DATASET, "submitted_on", "报送日期"),
    ),
    Rule(
        code="R-PROD-31",
        dataset=DATASET,
        severity="error",
        title_zh="产地为本省县(区)",
        message_zh="产地代码 {found},应{expected}",
        remedy_zh="核对产地县区代码",
        source="http://eslrb.slrbs.com/slrb/20210118/html/content_20210118001006.htm (商南县)",
        cells=("county_code",),
        version=2,
        query=bad_rows(
            DATASET,
            when="d.county_code is not null and not exists (select 1 from reporting_units as u "
            "where u.unit_code = d.county_code and u.kind = 'county')",
            found="d.county_code || ' ' || d.county_name",
            expected=text("为本省县(区)代码"),
        ),
    ),
    Rule(
        code="R-PROD-32",
        dataset=DATASET,
        severity="warning",
        title_zh="同一信用代码对应一个供应商名称",
        message_zh="{found},应{expected}",
        remedy_zh="核对供应商名称和统一社会信用代码",
        source=UNSOURCED,
        cells=("supplier_name", "supplier_uscc"),
        version=2,
        query=two_names(DATASET, "supplier_uscc", "supplier_name", "统一社会信用代码", "供应商名称"),
    ),
]
