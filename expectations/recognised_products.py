"""Rules of 扶贫产品认定: a county's recognised products and their suppliers."""

from expectations.rule import FORM, UNSOURCED, Rule
from expectations.shapes import after_period, bad_rows, before, text, two_names, wan

DATASET = "recognised_products"

RULES = [
    Rule(
        code="R-PROD-2",
        dataset=DATASET,
        severity="warning",
        title_zh="2024年起单个产品商品价值量不少于50万元",
        message_zh="年商品价值量 {found},应{expected}",
        remedy_zh="核对年商品价值量(万元);不足的不再认定",
        source="https://www.cnr.cn/gongyi/news/20240319/t20240319_526632151.shtml",
        cells=("commodity_value",),
        query=bad_rows(
            DATASET,
            when="period_year >= 2024 and d.commodity_value < 500000",
            found=wan("d.commodity_value"),
            expected=text("不少于50万元"),
            difference=wan("d.commodity_value - 500000"),
        ),
    ),
    Rule(
        code="R-PROD-20",
        dataset=DATASET,
        severity="error",
        title_zh="有效期不早于认定日期",
        message_zh="{found},应{expected}",
        remedy_zh="核对认定日期和有效期",
        source=FORM,
        cells=("recognised_on", "valid_to"),
        query=before(DATASET, "valid_to", "recognised_on", "有效期至", "认定日期"),
    ),
    Rule(
        code="R-PROD-21",
        dataset=DATASET,
        severity="warning",
        title_zh="现有产品在报告期末仍在有效期内",
        message_zh="{found},应{expected}",
        remedy_zh="已过期的产品重新认定或移出",
        source=UNSOURCED,
        cells=("valid_to",),
        query=bad_rows(
            DATASET,
            when="d.valid_to < period_end",
            found="'有效期至 ' || cast(d.valid_to as string)",
            expected="'不早于报告期末 ' || cast(period_end as string)",
        ),
    ),
    Rule(
        code="R-PROD-22",
        dataset=DATASET,
        severity="error",
        title_zh="认定日期不晚于报告期末",
        message_zh="{found},应{expected}",
        remedy_zh="核对认定日期;尚未认定的不填报",
        source=FORM,
        cells=("recognised_on",),
        query=after_period(DATASET, "recognised_on", "认定日期"),
    ),
    Rule(
        code="R-PROD-24",
        dataset=DATASET,
        severity="warning",
        title_zh="统一社会信用代码为18位",
        message_zh="统一社会信用代码 {found},应{expected}",
        remedy_zh="核对统一社会信用代码,按文本填报",
        source="GB 32100-2015",
        cells=("supplier_uscc",),
        query=bad_rows(
            DATASET,
            when="not regexp_full_match(d.supplier_uscc, '[0-9A-Z]+') or length(d.supplier_uscc) <> 18",
            found="d.supplier_uscc",
            expected=text("为18位数字和大写字母"),
        ),
    ),
    Rule(
        code="R-PROD-25",
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
