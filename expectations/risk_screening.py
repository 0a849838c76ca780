"""Rules of 风险隐患排查: households screened, at risk and handled."""

from expectations.rule import FORM, UNSOURCED, Rule
from expectations.shapes import above, after_period, bad_rows, number, townships_without

DATASET = "risk_screening"


def _households(expression: str) -> str:
    return number(expression, "户")


RULES = [
    Rule(
        code="R-RISK-1",
        dataset=DATASET,
        severity="error",
        title_zh="存在风险户数不大于排查户数",
        message_zh="{found},应{expected}",
        remedy_zh="核对排查户数和存在风险户数",
        source=FORM,
        cells=("screened_households", "at_risk_households"),
        query=above(
            DATASET, "at_risk_households", "screened_households", "存在风险户数", "排查户数", show=_households
        ),
    ),
    Rule(
        code="R-RISK-2",
        dataset=DATASET,
        severity="error",
        title_zh="已处置户数不大于存在风险户数",
        message_zh="{found},应{expected}",
        remedy_zh="核对存在风险户数和已处置户数",
        source=FORM,
        cells=("at_risk_households", "handled_households"),
        query=above(
            DATASET,
            "handled_households",
            "at_risk_households",
            "已处置户数",
            "存在风险户数",
            show=_households,
        ),
    ),
    Rule(
        code="R-RISK-3",
        dataset=DATASET,
        severity="error",
        title_zh="存在风险人数不少于存在风险户数",
        message_zh="{found},应{expected}",
        remedy_zh="核对户数和人数是否填反",
        source=FORM,
        cells=("at_risk_households", "at_risk_people"),
        query=bad_rows(
            DATASET,
            when="d.at_risk_people < d.at_risk_households",
            found=f"'存在风险人数 ' || {number('d.at_risk_people', '人')}",
            expected=f"'不少于存在风险户数 ' || {number('d.at_risk_households', '户')}",
            difference=number("d.at_risk_people - d.at_risk_households"),
        ),
    ),
    Rule(
        code="R-RISK-4",
        dataset=DATASET,
        severity="error",
        title_zh="排查日期不晚于报告期末",
        message_zh="{found},应{expected}",
        remedy_zh="核对排查日期",
        source=FORM,
        cells=("screened_on",),
        query=after_period(DATASET, "screened_on", "排查日期"),
    ),
    Rule(
        code="R-RISK-5",
        dataset=DATASET,
        severity="warning",
        title_zh="有监测对象的乡镇都有风险排查",
        message_zh="{found};应{expected}",
        remedy_zh="补报漏报的乡镇,或统一两表中的乡镇名称",
        source=UNSOURCED,
        query=townships_without(DATASET, "风险排查"),
    ),
]
