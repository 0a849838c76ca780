"""Rules of registers against the period before: what was on them is still there, and what is new came since.

They read the audit views ``audit_*_history`` and ``audit_household_flow``, so they are the bureau's: a workbook
alone does not hold last month. All are warnings, for a true correction of last month looks the same. A row that
is still there is named on the sheet of the period; one that is gone has none, and is named by its number.
"""

from expectations.rule import UNSOURCED, Rule
from expectations.shapes import number

REGISTER = f"本表指标定义: 台账含风险已消除户; 存量=上期+新增-减少为{UNSOURCED}"


def _rows(view: str, *, when: str, found: str, expected: str, difference: str = "null") -> str:
    return f"""
        select reporting_period, unit_code, submission_id, source_sheet, source_row,
               {found} as found, {expected} as expected, cast({difference} as string) as difference
        from audit.{view} where {when}"""


def _rule(
    code: str, dataset: str, view: str, query: str, *, title: str, remedy: str, **given: object
) -> Rule:
    return Rule(
        code=code,
        dataset=dataset,
        scope="bureau",
        over=f"audit.{view}",
        severity="warning",
        title_zh=title,
        message_zh="{found},应{expected}",
        remedy_zh=remedy,
        query=query,
        **{"source": UNSOURCED, **given},
    )


def _household(code: str, title: str, remedy: str, cells: tuple[str, ...], **shown: str) -> Rule:
    view = "audit_household_history"
    query = _rows(view, **shown)
    return _rule(
        code, "monitored_households", view, query, title=title, remedy=remedy, cells=cells, source=REGISTER
    )


def _project(code: str, title: str, remedy: str, cells: tuple[str, ...], **shown: str) -> Rule:
    view = "audit_project_history"
    return _rule(code, "projects", view, _rows(view, **shown), title=title, remedy=remedy, cells=cells)


def _loan(code: str, title: str, remedy: str, cells: tuple[str, ...], **shown: str) -> Rule:
    view = "audit_loan_history"
    return _rule(code, "microcredit", view, _rows(view, **shown), title=title, remedy=remedy, cells=cells)


RULES = [
    _rule(
        "R-MON-30",
        "monitored_households",
        "audit_household_flow",
        """
            select reporting_period, unit_code, submission_id, source_sheet,
                   cast(null as integer) as source_row,
                   '在册 ' || cast(households as string) || '户、未消除 ' || cast(at_risk as string) || '户' as found,
                   '在册 ' || cast(previous_households as string) || '+新识别 ' || cast(identified as string)
                       || '=' || cast(previous_households + identified as string) || '户,未消除 '
                       || cast(previous_at_risk as string) || '+' || cast(identified + returned as string)
                       || '-消除 ' || cast(eliminated as string) || '='
                       || cast(previous_at_risk + identified + returned - eliminated as string) || '户(上期 '
                       || previous_period || ')' as expected,
                   '在册 ' || cast(difference as string) || '户、未消除 ' || cast(at_risk_difference as string)
                       || '户' as difference
            from audit.audit_household_flow where verdict <> 'exact'""",
        title="监测户存量等于上期加新识别减消除",
        remedy="对照上期台账,核对漏报、迟报和改动的户",
        source=REGISTER,
    ),
    _household(
        "R-MON-31",
        "上期在册的监测户本期仍在册",
        "补报该户;风险已消除的保留在台账并标注消除,确属迁出、整户消亡的请说明",
        ("household_no",),
        when="is_vanished",
        found="'户编号 ' || household_no || ' 本期不在册'",
        expected="'在册:' || previous_period || ' 在第' || cast(previous_row as string) || '行'",
    ),
    _household(
        "R-MON-32",
        "新增监测户识别于上期之后",
        "核对识别监测时间;上期漏报的请说明",
        ("household_no", "identified_month"),
        when="is_late",
        found="'本期新增,识别监测时间 ' || identified_month",
        expected="'不早于 ' || since_month || '('  || previous_period || ' 不在册)'",
    ),
    _household(
        "R-MON-33",
        "风险已消除不改回未消除",
        "核对风险是否已消除;返贫风险再现的,重新识别并改填识别监测时间",
        ("risk_eliminated",),
        # Identified again since: a new risk, which is how a household comes back.
        when="is_revived and identified_month < since_month",
        found="'风险是否已消除为“否”'",
        expected="'为“是”:' || previous_period || ' 已消除'",
    ),
    _household(
        "R-MON-34",
        "识别监测时间不变",
        "核对识别监测时间;再次识别的可说明",
        ("identified_month",),
        when="is_identified_anew and not is_revived",
        found="'识别监测时间 ' || identified_month",
        expected="'与 ' || previous_period || ' 相同:' || previous_identified_month",
    ),
    _project(
        "R-PROJ-40",
        "上期已安排的项目本期仍在库",
        "补报该项目;终止的项目状态填“已终止”,不删行",
        ("project_no",),
        when="verdict = 'vanished'",
        found="'项目 ' || project_no || ' 本期不在库'",
        expected="'在库:' || previous_period || ' 已安排'",
    ),
    _project(
        "R-PROJ-41",
        "已安排、已开工的项目不撤回",
        "补填安排日期、开工日期;确属误报的请说明",
        ("arranged_on", "started_on"),
        when="verdict in ('not_arranged', 'not_started')",
        found="case verdict when 'not_started' then '开工日期为空' else '安排日期为空' end",
        expected="'有日期:' || previous_period || case verdict when 'not_started' "
        "then ' 已开工 ' || cast(previous_started_on as string) "
        "else ' 已安排 ' || cast(previous_arranged_on as string) end",
    ),
    _loan(
        "R-LOAN-30",
        "上期在册的贷款本期仍在册",
        "补报该笔贷款;还清的保留在台账,余额填0",
        ("contract_no",),
        when="verdict = 'vanished'",
        found="'合同 ' || contract_no || ' 本期不在册'",
        expected=f"'在册:' || previous_period || ' 金额 ' || {number('previous_amount', '元')}",
    ),
    _loan(
        "R-LOAN-31",
        "贷款金额不变",
        "核对贷款金额;追加的贷款另列一行",
        ("amount",),
        when="verdict = 'changed'",
        found=f"'贷款金额 ' || {number('amount', '元')}",
        expected=f"'与 ' || previous_period || ' 相同:' || {number('previous_amount', '元')}",
        difference=number("difference", "元"),
    ),
]
