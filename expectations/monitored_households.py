"""Rules of 监测对象台账: category, income line, risk, measure and elimination of each monitored household."""

from expectations.rule import FORM, UNSOURCED, Rule
from expectations.shapes import above, bad_rows, before, number, text
from orchestration.warning_rules import income_lines

DATASET = "monitored_households"
POLICY = (
    "陕农组发〔2021〕3号 https://zazf.gov.cn/info/content.jsp?info_id=91617&tm_id=84 (镇安县); "
    "http://www.qinan.gov.cn/info/11792/1360362.htm (秦安县)"
)
CHECKER = "贵州省监测数据核查规则 (Guizhou checker, 2023-24)"
MEASURES_SOURCE = f"{CHECKER}; http://xiapazi.net/article/657.html"

_MONTHS_TO_MEASURE = (
    "date_diff('month', strptime(d.identified_month, '%Y-%m'), "
    "coalesce(strptime(d.measures_started_month, '%Y-%m'), cast(period_end as timestamp)))"
)
_MONTHS_TO_END = (
    "date_diff('month', strptime(d.identified_month, '%Y-%m'), strptime(d.eliminated_month, '%Y-%m'))"
)
# Which measures answer a risk (R-MON-10). A measure counts when its words contain one of these.
_ANSWERS = {
    "因病": ("健康", "社会"),
    "因残": ("综合保障", "社会"),
    "因学": ("教育", "社会"),
    "因安全住房": ("住房", "搬迁"),
    "因安全饮水": ("饮水",),
}
_DEVELOPMENT = ("产业", "就业", "金融", "公益")


def _names_any(words: tuple[str, ...]) -> str:
    return "(" + " or ".join(f"contains(coalesce(d.measures, ''), {text(word)})" for word in words) + ")"


def _risk_unanswered() -> str:
    cases = [f"(d.risk_1 = {text(risk)} and not {_names_any(words)})" for risk, words in _ANSWERS.items()]
    return "not d.risk_eliminated and d.measures is not null and (" + " or ".join(cases) + ")"


def _income_line() -> str:
    """The line of the year is the province's own; a province and year not listed is not judged."""
    rows = ", ".join(f"('{line.province}', {line.year}, {line.amount})" for line in income_lines())
    return (
        f"join (values {rows}) as line (province, year, amount) "
        "on line.province = substr(d.unit_code, 1, 2) and line.year = period_year"
    )


def _of_members(code: str, column: str, name: str) -> Rule:
    return Rule(
        code=code,
        dataset=DATASET,
        severity="error",
        title_zh=f"{name}不大于家庭人口数",
        message_zh="{found},应{expected}",
        remedy_zh=f"核对家庭人口数和{name}",
        source=FORM,
        cells=("members", column),
        query=above(DATASET, column, "members", name, "家庭人口数", show=lambda e: number(e, "人")),
    )


def _risk_needs(code: str, risk: str, *, when: str, found: str, expected: str, column: str) -> Rule:
    return Rule(
        code=code,
        dataset=DATASET,
        severity="warning",
        title_zh=f"风险“{risk}”与家庭成员情况相符",
        message_zh="主要风险为“" + risk + "”,但{found};应{expected}",
        remedy_zh="核对主要风险类型和家庭成员情况",
        source=CHECKER,
        cells=(column, "risk_1"),
        query=bad_rows(
            DATASET,
            when=f"d.risk_1 = {text(risk)} and not d.risk_eliminated and {when}",
            found=text(found),
            expected=text(expected),
        ),
    )


RULES = [
    Rule(
        code="R-MON-1-1",
        dataset=DATASET,
        severity="error",
        title_zh="监测对象类别与户类型相符",
        message_zh="{found},应{expected}",
        remedy_zh="脱贫不稳定户应为脱贫户,边缘易致贫户应为一般农户;核对两列",
        source=POLICY,
        cells=("household_type", "category"),
        query=bad_rows(
            DATASET,
            when="(d.category = '脱贫不稳定户' and d.household_type <> '脱贫户') "
            "or (d.category = '边缘易致贫户' and d.household_type <> '一般农户')",
            found="d.category || '的户类型为' || d.household_type",
            expected="'为' || case d.category when '脱贫不稳定户' then '脱贫户' else '一般农户' end",
        ),
    ),
    Rule(
        code="R-MON-1-2",
        dataset=DATASET,
        # The register gives the latest income, which help may have lifted above the line before elimination.
        severity="warning",
        title_zh="收入与监测对象类别相符",
        message_zh="{found},应{expected}",
        remedy_zh="核对人均纯收入、收入参考范围和监测对象类别",
        source=POLICY,
        cells=("category", "net_income_per_head", "income_threshold"),
        version=2,
        query=bad_rows(
            DATASET,
            when="not d.risk_eliminated and ("
            "(d.category = '突发严重困难户' and d.net_income_per_head < d.income_threshold) "
            "or (d.category <> '突发严重困难户' and d.net_income_per_head >= d.income_threshold))",
            found=f"d.category || '人均纯收入 ' || {number('d.net_income_per_head', '元')}",
            expected="case d.category when '突发严重困难户' then '不低于' else '低于' end "
            f"|| '收入参考范围 ' || {number('d.income_threshold', '元')}",
        ),
    ),
    Rule(
        code="R-MON-2",
        dataset=DATASET,
        severity="warning",
        title_zh="收入参考范围为本省当年标准",
        message_zh="收入参考范围 {found},应为{expected}",
        remedy_zh="按省定当年标准填写收入参考范围",
        source=f"{POLICY}; http://www.jingbian.gov.cn/zwgk/zcjd/wzjd/1496737812254937089.html (靖边县)",
        cells=("income_threshold",),
        query=bad_rows(
            DATASET,
            when="d.income_threshold <> line.amount",
            found=number("d.income_threshold", "元"),
            expected=number("line.amount", "元"),
            difference=number("d.income_threshold - line.amount", "元"),
            also=_income_line(),
        ),
    ),
    Rule(
        code="R-MON-6-1",
        dataset=DATASET,
        severity="error",
        title_zh="风险消除三项同有同无",
        message_zh="{found},应{expected}",
        remedy_zh="已消除的,补填消除方式和消除时间;未消除的,两项均不填",
        source=FORM,
        cells=("risk_eliminated", "elimination_mode", "eliminated_month"),
        missing="as_answer",
        query=bad_rows(
            DATASET,
            when="d.risk_eliminated <> (d.elimination_mode is not null) "
            "or d.risk_eliminated <> (d.eliminated_month is not null)",
            found="'风险是否已消除:' || case when d.risk_eliminated then '是' else '否' end "
            "|| ',消除方式' || coalesce(d.elimination_mode, '未填') "
            "|| ',消除时间' || coalesce(d.eliminated_month, '未填')",
            expected=text("三项同时填写或同时不填"),
        ),
    ),
    Rule(
        code="R-MON-6-2",
        dataset=DATASET,
        severity="error",
        title_zh="消除时间不早于识别时间",
        message_zh="{found},应{expected}",
        remedy_zh="核对识别监测时间和风险消除时间",
        source=FORM,
        cells=("identified_month", "eliminated_month"),
        query=before(DATASET, "eliminated_month", "identified_month", "风险消除时间", "识别监测时间"),
    ),
    Rule(
        code="R-MON-6-3",
        dataset=DATASET,
        severity="error",
        title_zh="识别、消除时间不晚于报告期",
        message_zh="{found},应{expected}",
        remedy_zh="核对识别监测时间和风险消除时间",
        source=FORM,
        cells=("identified_month", "eliminated_month"),
        missing="as_answer",
        version=2,
        query=bad_rows(
            DATASET,
            when="d.identified_month is not null "
            "and greatest(d.identified_month, coalesce(d.eliminated_month, d.identified_month)) > period_month",
            found="'识别 ' || d.identified_month || coalesce(',消除 ' || d.eliminated_month, '')",
            expected="'不晚于 ' || period_month",
        ),
    ),
    Rule(
        code="R-MON-6-4",
        dataset=DATASET,
        # The income on the register may be of the year before; the county decides.
        severity="warning",
        title_zh="消除风险的户收入高于参考范围",
        message_zh="已消除风险,但{found};应{expected}",
        remedy_zh="核对人均纯收入;未稳定达到的不得标注消除",
        source=POLICY,
        cells=("net_income_per_head", "income_threshold", "risk_eliminated"),
        query=bad_rows(
            DATASET,
            when="d.risk_eliminated and d.net_income_per_head < d.income_threshold",
            found=f"'人均纯收入 ' || {number('d.net_income_per_head', '元')}",
            expected=f"'不低于收入参考范围 ' || {number('d.income_threshold', '元')}",
            difference=number("d.net_income_per_head - d.income_threshold", "元"),
        ),
    ),
    Rule(
        code="R-MON-6b",
        dataset=DATASET,
        severity="warning",
        title_zh="无劳动力户不标注消除",
        message_zh="{found},{expected}",
        remedy_zh="无劳动力户落实综合保障后仍应持续监测,请复核",
        source="http://fygsj.cn/hainan/c100568/202112/b481439ec18f4be7ab3099ac00703f92.shtml (海南)",
        cells=("labour_members", "risk_eliminated"),
        query=bad_rows(
            DATASET,
            when="d.risk_eliminated and d.labour_members = 0 and d.elimination_mode = '帮扶消除'",
            found=text("劳动力人数为0而标注风险消除"),
            expected=text("应持续监测"),
        ),
    ),
    Rule(
        code="R-MON-7",
        dataset=DATASET,
        severity="warning",
        title_zh="识别到消除不少于6个月",
        message_zh="识别到消除 {found},少于{expected}",
        remedy_zh="复核是否稳定消除",
        source=CHECKER,
        cells=("identified_month", "eliminated_month"),
        query=bad_rows(
            DATASET,
            when=f"d.eliminated_month > '2022-04' and {_MONTHS_TO_END} between 0 and 5",
            found=f"cast({_MONTHS_TO_END} as string) || '个月'",
            expected=text("6个月"),
        ),
    ),
    Rule(
        code="R-MON-8",
        dataset=DATASET,
        severity="warning",
        title_zh="识别后1个月内落实帮扶措施",
        message_zh="识别于{found},应{expected}",
        remedy_zh="尽快落实帮扶措施;已落实的补填帮扶开始时间",
        source=MEASURES_SOURCE,
        cells=("identified_month", "measures", "measures_started_month"),
        missing="as_answer",
        query=bad_rows(
            DATASET,
            when=f"not d.risk_eliminated and {_MONTHS_TO_MEASURE} > 1",
            found="d.identified_month || coalesce(',帮扶开始于' || d.measures_started_month, ',至今无帮扶开始时间')",
            expected=text("在识别后1个月内开始帮扶"),
        ),
    ),
    Rule(
        code="R-MON-9",
        dataset=DATASET,
        severity="warning",
        title_zh="有劳动力户至少有一项开发式帮扶",
        message_zh="有劳动力,帮扶措施仅有“{found}”;应{expected}",
        remedy_zh="落实产业、就业、金融或公益性岗位帮扶",
        source=MEASURES_SOURCE,
        cells=("labour_members", "measures"),
        query=bad_rows(
            DATASET,
            when="not d.risk_eliminated and d.labour_members > 0 and d.measures is not null "
            f"and not {_names_any(_DEVELOPMENT)}",
            found="d.measures",
            expected=text("至少有产业、就业、金融、公益性岗位之一"),
        ),
    ),
    Rule(
        code="R-MON-10",
        dataset=DATASET,
        severity="warning",
        title_zh="帮扶措施针对主要风险",
        message_zh="{found},应{expected}",
        remedy_zh="补充针对主要风险的帮扶措施",
        source=CHECKER,
        cells=("risk_1", "measures"),
        query=bad_rows(
            DATASET,
            when=_risk_unanswered(),
            found="d.risk_1 || '的帮扶措施为“' || d.measures || '”'",
            expected="'含' || case d.risk_1 "
            + " ".join(f"when {text(risk)} then {text('或'.join(w))}" for risk, w in _ANSWERS.items())
            + " end || '类措施'",
        ),
    ),
    _risk_needs(
        "R-MON-11-1",
        "因残",
        when="d.disabled_members = 0",
        found="残疾人数为0",
        expected="有残疾成员",
        column="disabled_members",
    ),
    _risk_needs(
        "R-MON-11-2",
        "因病",
        when="d.ill_members = 0",
        found="患病人数为0",
        expected="有患病成员",
        column="ill_members",
    ),
    _risk_needs(
        "R-MON-11-3",
        "缺劳动力",
        when="d.labour_members >= d.members",
        found="全部成员都是劳动力",
        expected="有无劳动能力的成员",
        column="labour_members",
    ),
    Rule(
        code="R-MON-11-4",
        draft=True,
        dataset=DATASET,
        severity="warning",
        title_zh="风险“因病”的户有合规自付支出",
        message_zh="主要风险为“因病”,合规自付支出{found},应{expected}",
        remedy_zh="补填合规自付支出(元),或核对主要风险类型",
        source=CHECKER,
        cells=("risk_1", "out_of_pocket"),
        missing="fail",
        query=bad_rows(
            DATASET,
            when="d.risk_1 = '因病' and not d.risk_eliminated and coalesce(d.out_of_pocket, 0) = 0",
            found="case when d.out_of_pocket is null then '未填' else '为0' end",
            expected=text("大于0"),
        ),
    ),
    _of_members("R-MON-20", "labour_members", "劳动力人数"),
    _of_members("R-MON-21", "ill_members", "患病人数"),
    _of_members("R-MON-22", "disabled_members", "残疾人数"),
    Rule(
        code="R-MON-23",
        dataset=DATASET,
        severity="warning",
        title_zh="家庭人口数不超过10人",
        message_zh="家庭人口数 {found},疑为误填({expected})",
        remedy_zh="核对家庭人口数",
        source=UNSOURCED,
        cells=("members",),
        query=bad_rows(
            DATASET, when="d.members > 10", found=number("d.members", "人"), expected=text("1至10人")
        ),
    ),
    Rule(
        code="R-MON-24",
        dataset=DATASET,
        severity="warning",
        title_zh="有帮扶开始时间必有帮扶措施",
        message_zh="{found},应{expected}",
        remedy_zh="补填帮扶措施",
        source=FORM,
        cells=("measures", "measures_started_month"),
        missing="skip_all",
        query=bad_rows(
            DATASET,
            when="d.measures is null and d.measures_started_month is not null",
            found="'帮扶开始时间 ' || d.measures_started_month || ',帮扶措施为空'",
            expected=text("填明帮扶措施"),
        ),
    ),
]
