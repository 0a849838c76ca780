"""Rules of 特色产业: programmes the bureau runs or recommends."""

from expectations.rule import FORM, UNSOURCED, Rule
from expectations.shapes import after_period, bad_rows, number, text

DATASET = "industry_programmes"

RULES = [
    Rule(
        code="R-IND-1",
        dataset=DATASET,
        severity="error",
        title_zh="产值千亿级目标填明目标产值且不少于1000亿元",
        message_zh="目标产值 {found},应{expected}",
        remedy_zh="补填目标产值(亿元)",
        source=FORM,
        cells=("programme", "target_output"),
        missing="fail",
        query=bad_rows(
            DATASET,
            when="d.programme = '产值千亿级目标' and coalesce(d.target_output, 0) < 100000000000",
            found=f"coalesce({number('d.target_output', '亿元', '0.00000001')}, '未填')",
            expected=text("不少于1000亿元"),
        ),
    ),
    Rule(
        code="R-IND-2",
        dataset=DATASET,
        severity="error",
        title_zh="完成日期不晚于报告期末",
        message_zh="{found},应{expected}",
        remedy_zh="核对完成日期;尚未完成的不填",
        source=FORM,
        cells=("achieved_on",),
        query=after_period(DATASET, "achieved_on", "完成日期"),
    ),
    Rule(
        code="R-IND-3",
        dataset=DATASET,
        severity="warning",
        title_zh="同类工作不重复列名",
        message_zh="{found},应{expected}",
        remedy_zh="删除重复行,或改正名称",
        source=UNSOURCED,
        cells=("programme", "item_name"),
        query=bad_rows(
            DATASET,
            when="same.how_many > 1",
            found="d.programme || '“' || d.item_name || '”列了' || cast(same.how_many as string) || '次'",
            expected=text("只列1次"),
            also="""join (
                select submission_id, programme, item_name, county_code, count(*) as how_many
                from industry_programmes group by submission_id, programme, item_name, county_code
            ) as same on same.submission_id = d.submission_id and same.programme = d.programme
                and same.item_name = d.item_name and same.county_code is not distinct from d.county_code""",
        ),
    ),
]
