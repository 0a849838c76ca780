"""Rules of 务工就业: people at work by township, channel and place."""

from expectations.rule import FORM, UNSOURCED, Rule
from expectations.shapes import above, bad_rows, number, text, townships_without

DATASET = "employment"
CHECKER = "贵州省监测数据核查规则 (Guizhou checker, 2023-24)"

RULES = [
    Rule(
        code="R-EMP-2",
        dataset=DATASET,
        severity="error",
        title_zh="公益性岗位和帮扶车间就业地点在县内",
        message_zh="{found},应{expected}",
        remedy_zh="核对就业渠道和务工地点",
        source=CHECKER,
        cells=("channel", "work_place"),
        query=bad_rows(
            DATASET,
            when="d.channel in ('公益性岗位', '帮扶车间') and d.work_place <> '县内'",
            found="d.channel || '的务工地点为' || d.work_place",
            expected=text("在县内"),
        ),
    ),
    Rule(
        code="R-EMP-3",
        dataset=DATASET,
        severity="warning",
        title_zh="人均月收入在100至30000元之间",
        message_zh="人均月收入 {found},疑为误填({expected})",
        remedy_zh="核对人均月收入,按元填报",
        source=CHECKER,
        cells=("monthly_wage",),
        query=bad_rows(
            DATASET,
            when="d.monthly_wage not between 100 and 30000",
            found=number("d.monthly_wage", "元"),
            expected=text("100至30000元"),
        ),
    ),
    Rule(
        code="R-EMP-20",
        dataset=DATASET,
        severity="error",
        title_zh="女性人数不大于就业人数",
        message_zh="{found},应{expected}",
        remedy_zh="核对就业人数和女性人数",
        source=FORM,
        cells=("people", "women"),
        query=above(DATASET, "women", "people", "其中女性", "就业人数", show=lambda e: number(e, "人")),
    ),
    Rule(
        code="R-EMP-21",
        dataset=DATASET,
        severity="warning",
        title_zh="有监测对象的乡镇都有务工就业统计",
        message_zh="{found};应{expected}",
        remedy_zh="补报漏报的乡镇,或统一两表中的乡镇名称;确无就业人员的可说明",
        source=UNSOURCED,
        query=townships_without(DATASET, "务工就业统计"),
    ),
]
