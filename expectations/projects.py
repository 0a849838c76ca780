"""Rules of 项目库: funds that add up, works in their order, a state that agrees with its dates."""

from expectations.rule import FORM, UNSOURCED, Rule, Sum
from expectations.shapes import (
    above,
    after_period,
    bad_rows,
    before,
    document_key,
    number,
    reported,
    text,
    wan,
    without,
)

DATASET = "projects"
TEMPLATE = "39列项目库模板: requested = central+provincial+city+county+social; started <= arranged <= pool"

_SOURCES = ("central_funds", "provincial_funds", "city_funds", "county_funds", "social_funds")
# A source of funds that is left blank gives nothing.
_ADDED_UP = "(" + " + ".join(f"coalesce(d.{source}, 0)" for source in _SOURCES) + ")"
_STEPS = [
    ("pooled_on", "入库日期"),
    ("arranged_on", "安排日期"),
    ("started_on", "开工日期"),
    ("completed_on", "完工日期"),
    ("accepted_on", "验收日期"),
]


def _in_order(number_in_code: int, earlier: tuple[str, str], later: tuple[str, str]) -> Rule:
    return Rule(
        code=f"R-PROJ-4-{number_in_code}",
        dataset=DATASET,
        severity="error",
        title_zh=f"{later[1]}不早于{earlier[1]}",
        message_zh="{found},应{expected}",
        remedy_zh=f"核对{earlier[1]}和{later[1]}",
        source=TEMPLATE,
        cells=(earlier[0], later[0]),
        query=before(DATASET, later[0], earlier[0], later[1], earlier[1]),
    )


def _rests_on(number_in_code: int, needed: tuple[str, str], column: tuple[str, str]) -> Rule:
    return Rule(
        code=f"R-PROJ-4-{number_in_code}",
        dataset=DATASET,
        severity="error",
        title_zh=f"有{column[1]}必有{needed[1]}",
        message_zh="{found},应{expected}",
        remedy_zh=f"补填{needed[1]},或删去误填的{column[1]}",
        source=TEMPLATE,
        cells=(needed[0], column[0]),
        missing="skip_all",
        query=without(DATASET, column[0], needed[0], column[1], needed[1]),
    )


def _not_yet(number_in_code: int, column: tuple[str, str]) -> Rule:
    return Rule(
        code=f"R-PROJ-2{number_in_code}",
        dataset=DATASET,
        severity="error",
        title_zh=f"{column[1]}不晚于报告期末",
        message_zh="{found},应{expected}",
        remedy_zh=f"核对{column[1]};尚未发生的不填",
        source=FORM,
        cells=(column[0],),
        query=after_period(DATASET, column[0], column[1]),
    )


RULES = [
    Rule(
        code="R-PROJ-4-1",
        dataset=DATASET,
        severity="error",
        title_zh="资金总额等于各级资金之和",
        message_zh="资金总额 {found},应为{expected}",
        remedy_zh="核对中央、省级、市级、县级和社会资金与资金总额(万元)",
        source=TEMPLATE,
        cells=("total_funds", *_SOURCES),
        missing="as_zero",
        sum=Sum(total="total_funds", parts=_SOURCES),
        version=2,
        query=bad_rows(
            DATASET,
            when=f"d.total_funds <> {_ADDED_UP}",
            found=wan("d.total_funds"),
            expected=f"'各级资金之和 ' || {wan(_ADDED_UP)}",
            difference=wan(f"d.total_funds - {_ADDED_UP}"),
        ),
    ),
    *(_in_order(2 + i, _STEPS[i], _STEPS[i + 1]) for i in range(4)),
    *(_rests_on(6 + i, _STEPS[1 + i], _STEPS[2 + i]) for i in range(3)),
    Rule(
        code="R-PROJ-4-9",
        dataset=DATASET,
        severity="error",
        title_zh="已安排项目有资金、有文号",
        message_zh="{found},应{expected}",
        remedy_zh="补填资金文号和资金总额;尚未安排资金的,安排日期不填",
        source=UNSOURCED,
        cells=("arranged_on", "total_funds", "document_no"),
        missing="skip_all",
        version=2,
        query=bad_rows(
            DATASET,
            when="d.arranged_on is not null and d.total_funds is not null "
            "and (d.document_no is null or d.total_funds = 0)",
            found="'安排日期 ' || cast(d.arranged_on as string) "
            "|| case when d.document_no is null then ',无资金文号' else '' end "
            "|| case when d.total_funds = 0 then ',资金总额为0' else '' end",
            expected=text("有资金文号且资金总额大于0"),
        ),
    ),
    Rule(
        code="R-PROJ-4-10",
        dataset=DATASET,
        severity="warning",
        title_zh="已安排项目的资金文号在本县衔接资金支出表中",
        message_zh="{found},应{expected}",
        remedy_zh="核对资金文号;漏报的文件补入衔接资金支出表,不用衔接资金的项目可说明",
        source=UNSOURCED,
        cells=("arranged_on", "document_no"),
        # A project may draw on several documents; one that is known will do.
        query=bad_rows(
            DATASET,
            when=f"""d.arranged_on is not null and d.document_no is not null and {reported("fund_spending")}
                and not exists (
                    select 1 from fund_spending as f where f.submission_id = d.submission_id
                        and contains({document_key("d.document_no")}, {document_key("f.document_no")})
                )""",
            found="'资金文号 ' || d.document_no || case when d.started_on is not null then ',项目已开工' else '' end",
            expected=text("在衔接资金支出表的指标文号中"),
        ),
    ),
    *(_not_yet(i, step) for i, step in enumerate(_STEPS)),
    Rule(
        code="R-PROJ-30",
        dataset=DATASET,
        severity="error",
        title_zh="已拨付金额不大于资金总额",
        message_zh="{found},应{expected}",
        remedy_zh="核对已拨付金额和资金总额(万元)",
        source=FORM,
        cells=("total_funds", "disbursed"),
        query=above(DATASET, "disbursed", "total_funds", "已拨付金额", "资金总额", show=wan),
    ),
    Rule(
        code="R-PROJ-31",
        dataset=DATASET,
        severity="error",
        title_zh="项目状态与各日期相符",
        message_zh="{found},应{expected}",
        remedy_zh="按最后一个已发生的日期填写项目状态",
        source=FORM,
        cells=("status", "arranged_on", "started_on", "completed_on", "accepted_on"),
        missing="as_answer",
        query=bad_rows(
            DATASET,
            when="d.status <> '已终止' and d.status <> case "
            "when d.accepted_on is not null then '已验收' when d.completed_on is not null then '已完工' "
            "when d.started_on is not null then '已开工' when d.arranged_on is not null then '已安排' "
            "else '未安排' end",
            found="'项目状态 ' || d.status",
            expected="'与日期相符:' || case "
            "when d.accepted_on is not null then '已验收' when d.completed_on is not null then '已完工' "
            "when d.started_on is not null then '已开工' when d.arranged_on is not null then '已安排' "
            "else '未安排' end",
        ),
    ),
    Rule(
        code="R-PROJ-32",
        dataset=DATASET,
        severity="warning",
        title_zh="受益脱贫人口不少于受益脱贫户数",
        message_zh="{found},应{expected}",
        remedy_zh="核对受益户数和人口是否填反",
        source=FORM,
        cells=("benefit_households", "benefit_people"),
        query=bad_rows(
            DATASET,
            when="d.benefit_people < d.benefit_households",
            found=f"'受益脱贫人口 ' || {number('d.benefit_people', '人')}",
            expected=f"'不少于受益脱贫户数 ' || {number('d.benefit_households', '户')}",
            difference=number("d.benefit_people - d.benefit_households"),
        ),
    ),
    Rule(
        code="R-PROJ-33",
        draft=True,
        dataset=DATASET,
        severity="warning",
        title_zh="安排资金满3个月的项目已开工",
        message_zh="{found},应{expected}",
        remedy_zh="核对开工日期;确未开工的,督促开工",
        source=UNSOURCED,
        cells=("arranged_on", "started_on"),
        missing="skip_all",
        query=bad_rows(
            DATASET,
            when="d.started_on is null and d.status <> '已终止' "
            "and cast(d.arranged_on + to_months(3) as date) <= period_end",
            found="'安排日期 ' || cast(d.arranged_on as string) || ',报告期末未开工'",
            expected=text("在3个月内开工"),
        ),
    ),
]
