"""Rules across units, periods and datasets, on the warehouse.

An error here blocks publication of the whole province, so only three are errors: figures that contradict
themselves, levels that do not add up, and a bulletin figure that is missing although everyone reported. None of
them can come from a county that is late or failing: its figures are then absent on both sides. All else is a
warning, for a difference between two senders is theirs to settle.
"""

from expectations.history import RULES as HISTORY
from expectations.rule import FORM, UNSOURCED, Rule
from expectations.shapes import number

_NO_CELL = """cast(null as string) as submission_id, cast(null as string) as source_sheet,
               cast(null as integer) as source_row"""


def _identity_query(condition: str) -> str:
    return f"""
        select reporting_period, unit_code, {_NO_CELL},
               title_zh || case basis when 'stated' then '(汇总表)' else '' end || ':左边 '
                   || {number("left_value")} as found,
               case relation when 'equal' then '等于 ' else '不大于 ' end || {number("right_value")} as expected,
               {number("difference")} as difference
        from audit.audit_identities
        where verdict = 'impossible' and {condition}"""


_OUTLIERS = "Iglewicz & Hoaglin 1993: 修正Z分数大于3.5; 点数和离差下限为惯例(unsourced)"


def _outlier_query(basis: str, median_name: str) -> str:
    return f"""
        select reporting_period, unit_code, submission_id, source_sheet, cast(null as integer) as source_row,
               title_zh || ' ' || {number("value")} || unit || '(近6期:' || series || ')' as found,
               '{median_name} ' || {number("median")} || unit || ',修正Z分数 '
                   || {number("cast(score as decimal(18, 2))")} as expected,
               {number("value - median")} || unit as difference
        from audit.audit_outliers where basis = '{basis}' and verdict = 'outlying'"""


_PROVINCE_HARD = "unit_kind = 'province' and strength = 'hard' and basis = 'computed'"

RULES = [
    Rule(
        code="R-ID-1",
        dataset="stated_totals",
        scope="bureau",
        over="audit.audit_identities",
        severity="error",
        title_zh="全省计算数的必成勾稽关系成立",
        message_zh="{found},应{expected}",
        remedy_zh="核对相关台账的县级数据;属计算错误的报技术人员",
        source="identities of the 2021-08 bulletin; XBRL Calculations 1.1 intervals",
        query=_identity_query(_PROVINCE_HARD),
    ),
    Rule(
        code="R-ID-2",
        dataset="stated_totals",
        scope="bureau",
        over="audit.audit_identities",
        severity="warning",
        title_zh="市县数、汇总表数和一般勾稽关系成立",
        message_zh="{found},应{expected}",
        remedy_zh="向相关单位核实",
        source="identities of the 2021-08 bulletin; XBRL Calculations 1.1 intervals",
        query=_identity_query(f"not ({_PROVINCE_HARD})"),
    ),
    Rule(
        code="R-ROLL-1",
        dataset="stated_totals",
        scope="bureau",
        over="audit.audit_rollup",
        severity="error",
        title_zh="全省数等于各市、各县数之和",
        message_zh="{found},应{expected}",
        remedy_zh="属计算错误,报技术人员",
        source=FORM,
        query=f"""
            select reporting_period, unit_code, {_NO_CELL},
                   figure_key || ' ' || {number("value")} as found,
                   '下级之和加本级 ' || {number("children_value + own_value")} as expected,
                   {number("difference")} as difference
            from audit.audit_rollup where verdict = 'impossible'""",
    ),
    Rule(
        code="R-REP-1",
        dataset="stated_totals",
        scope="bureau",
        over="audit.audit_bulletin_figures",
        severity="error",
        title_zh="应报数据全部接收后通报指标不缺",
        message_zh="通报指标“{found}”无数,{expected}",
        remedy_zh="核对指标算法和数据来源",
        source="周统计、月通报、季调度、半年小结、年度总结",
        missing="fail",
        query=f"""
            select reporting_period, unit_code, {_NO_CELL}, label_zh as found,
                   '应报' || cast(owed as string) || '个单位已全部接收' as expected,
                   cast(null as string) as difference
            from audit.audit_bulletin_figures where verdict = 'missing'""",
    ),
    Rule(
        code="R-REP-2",
        dataset="stated_totals",
        scope="bureau",
        over="audit.audit_completeness",
        severity="warning",
        title_zh="各单位应报数据集全部接收",
        message_zh="{found};应{expected}",
        remedy_zh="催报,或督促改正后重报",
        source="周统计、月通报、季调度、半年小结、年度总结",
        missing="fail",
        query=f"""
            select reporting_period, unit_code, {_NO_CELL},
                   '尚缺:' || wanting_sheets as found,
                   '接收' || cast(owed as string) || '个数据集' as expected,
                   cast(owed - accepted as string) || '个' as difference
            from audit.audit_completeness where accepted < owed""",
    ),
    Rule(
        code="R-STAT-1",
        dataset="stated_totals",
        scope="bureau",
        over="audit.audit_stated_totals",
        severity="warning",
        title_zh="自报总数与全省仓库计算一致",
        message_zh="{found},{expected}",
        remedy_zh="县级迟报、退回期间省级总数会有出入;数据齐全后仍不一致的,核对汇总表",
        source="XBRL Calculations 1.1 (REC 2023-02-22)",
        cells=("value",),
        query=f"""
            select reporting_period, unit_code, submission_id, source_sheet, source_row,
                   label_zh || ' ' || {number("stated_value")} as found,
                   '仓库计算为 ' || {number("computed_value")} as expected,
                   {number("difference")} as difference
            from audit.audit_stated_totals where verdict = 'impossible'""",
    ),
    Rule(
        code="R-FUND-4-2",
        dataset="fund_spending",
        scope="bureau",
        over="audit.audit_fund_channels",
        severity="warning",
        title_zh="省下达与县收到的衔接资金一致",
        message_zh="{found},{expected}",
        remedy_zh="县与省局核对文号和指标金额",
        source=UNSOURCED,
        # Letters are those of the county's sheet; a document the county does not list has none.
        cells=("document_no", "amount"),
        missing="fail",
        query=f"""
            select reporting_period, unit_code,
                   case when verdict = 'not_received' then null else submission_id end as submission_id,
                   case when verdict = 'not_received' then null else source_sheet end as source_sheet,
                   case when verdict = 'not_received' then null else source_row end as source_row,
                   document_no || case when received_amount is null then ' 县未列'
                       else ' 县填 ' || {number("received_amount", "万元", "0.0001")} end as found,
                   case when issued_amount is null then '省局台账未下达'
                       else '省局下达 ' || {number("issued_amount", "万元", "0.0001")} end as expected,
                   {number("difference", "万元", "0.0001")} as difference
            from audit.audit_fund_channels where verdict <> 'exact'""",
    ),
    Rule(
        code="R-PROD-40",
        dataset="product_submissions",
        scope="bureau",
        over="audit.audit_product_channels",
        severity="warning",
        title_zh="省局报送的产品在县台账中且供应商一致",
        message_zh="产品 {found},{expected}",
        remedy_zh="省局与县核对产品编号和供应商",
        source=UNSOURCED,
        cells=("product_no", "supplier_uscc"),
        missing="fail",
        query="""
            select reporting_period, unit_code, submission_id, source_sheet, source_row,
                   product_no || ' 供应商 ' || listed_supplier as found,
                   case verdict when 'not_registered' then '县台账无此产品'
                       else '县台账供应商 ' || registered_supplier end as expected,
                   cast(null as string) as difference
            from audit.audit_product_channels where verdict <> 'exact'""",
    ),
    Rule(
        code="R-PROD-41",
        dataset="product_submissions",
        scope="bureau",
        over="audit.audit_product_channels",
        severity="warning",
        title_zh="省局与县对同一供应商用同一名称",
        message_zh="{found},{expected}",
        remedy_zh="省局与县核对供应商名称",
        source=UNSOURCED,
        cells=("product_no", "supplier_name"),
        query="""
            select reporting_period, unit_code, submission_id, source_sheet, source_row,
                   product_no || ' 供应商“' || listed_name || '”' as found,
                   '县台账为“' || registered_name || '”' as expected,
                   cast(null as string) as difference
            from audit.audit_product_channels where verdict = 'exact' and listed_name <> registered_name""",
    ),
    Rule(
        code="R-MON-14",
        dataset="monitored_households",
        scope="bureau",
        over="marts.fct_monitored_households",
        severity="warning",
        title_zh="一户只在一个县(区)在册",
        message_zh="该户编号在{found}在册,应{expected}",
        remedy_zh="有关县(区)核对户编号,迁移的由迁入县管理",
        source="户数按户编号去重计数",
        cells=("household_no",),
        query="""
            select reporting_period, unit_code, submission_id, source_sheet, source_row,
                   cast(counties as string) || '个县(区)' as found, '只在一个县(区)' as expected,
                   cast(counties - 1 as string) || '个' as difference
            from marts.fct_monitored_households
            join (
                select reporting_period, household_no, count(distinct unit_code) as counties
                from marts.fct_monitored_households
                group by reporting_period, household_no having count(distinct unit_code) > 1
            ) as shared using (reporting_period, household_no)""",
    ),
    Rule(
        code="R-YTD-1",
        dataset="stated_totals",
        scope="bureau",
        over="audit.audit_year_to_date",
        severity="warning",
        title_zh="当年累计数不小于上月",
        message_zh="{found},小于{expected}",
        remedy_zh="核对本月台账是否漏报;属更正的请说明",
        source=UNSOURCED,
        query=f"""
            select reporting_period, unit_code, {_NO_CELL},
                   label_zh || ' ' || {number("value")} as found,
                   previous_period || ' 的 ' || {number("previous_value")} as expected,
                   {number("difference")} as difference
            from audit.audit_year_to_date where verdict = 'fell'""",
    ),
    Rule(
        code="R-OUT-1",
        dataset="stated_totals",
        scope="bureau",
        over="audit.audit_outliers",
        severity="warning",
        title_zh="县级数据与本县历史相比无异常",
        message_zh="{found},{expected}",
        remedy_zh="核对本期台账是否漏行、重行或单位错;属实的请说明",
        source=_OUTLIERS,
        query=_outlier_query("history", "本县近12个月中位数"),
    ),
    Rule(
        code="R-OUT-2",
        dataset="stated_totals",
        scope="bureau",
        over="audit.audit_outliers",
        severity="warning",
        title_zh="县级数据与同期各县相比无异常",
        message_zh="{found},{expected}",
        remedy_zh="核对本期台账是否漏行、重行或单位错;属实的请说明",
        source=_OUTLIERS,
        query=_outlier_query("peers", "同期各县中位数"),
    ),
    *HISTORY,
]
