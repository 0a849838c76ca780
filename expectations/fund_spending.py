"""Rules of 衔接资金支出: how a county executed what it was allotted."""

from expectations.rule import FORM, UNSOURCED, Rule, Sum
from expectations.shapes import above, after_period, bad_rows, document_key, number, reported, wan

DATASET = "fund_spending"


def _industry_share(target: str) -> str:
    """Counties whose central funds for industry fall short. A target of the county as a whole: no row is at fault."""
    return f"""
        select submission_id, source_sheet, cast(null as integer) as source_row,
               cast(cast(share * 100 as decimal(9, 2)) as string) || '%' as found,
               cast(cast(target * 100 as decimal(9, 0)) as string) || '%' as expected,
               cast(cast((share - target) * 100 as decimal(9, 2)) as string) || '个百分点' as difference
        from (
            select submission_id, min(source_sheet) as source_sheet,
                   cast(sum(industry_amount) / sum(amount) as decimal(18, 6)) as share,
                   cast({target} as decimal(3, 2)) as target
            from fund_spending join reporting_periods using (reporting_period)
            where tier = '中央' group by submission_id having sum(amount) > 0
        ) as county
        where share < target"""


RULES = [
    Rule(
        code="R-FUND-2",
        dataset=DATASET,
        severity="error",
        title_zh="项目管理费不超过指标金额的1%",
        message_zh="项目管理费 {found},超过上限({expected})",
        remedy_zh="核对项目管理费和指标金额(万元);超提的应退回",
        source=UNSOURCED,
        cells=("amount", "management_fee"),
        query=bad_rows(
            DATASET,
            when="d.management_fee > d.amount * cast(0.01 as decimal(3, 2))",
            found=wan("d.management_fee"),
            expected=f"'不超过指标金额的1%:' || {wan('d.amount * cast(0.01 as decimal(3, 2))')}",
            difference=wan("d.management_fee - d.amount * cast(0.01 as decimal(3, 2))"),
        ),
    ),
    Rule(
        code="R-FUND-4-1",
        dataset=DATASET,
        severity="error",
        title_zh="已支出不大于指标金额",
        message_zh="{found},应{expected}",
        remedy_zh="核对已支出和指标金额(万元)",
        source=UNSOURCED,
        cells=("amount", "spent"),
        query=above(DATASET, "spent", "amount", "已支出", "指标金额", show=wan),
    ),
    Rule(
        code="R-FUND-20",
        dataset=DATASET,
        severity="error",
        title_zh="指标余额等于指标金额减已支出",
        message_zh="指标余额 {found},应为{expected}",
        remedy_zh="核对指标金额、已支出和指标余额(万元)",
        source=FORM,
        cells=("amount", "spent", "balance"),
        sum=Sum(total="balance", parts=("amount",), minus=("spent",)),
        query=bad_rows(
            DATASET,
            when="d.balance <> d.amount - d.spent",
            found=wan("d.balance"),
            expected=f"'指标金额减已支出 ' || {wan('d.amount - d.spent')}",
            difference=wan("d.balance - (d.amount - d.spent)"),
        ),
    ),
    Rule(
        code="R-FUND-21",
        dataset=DATASET,
        severity="error",
        title_zh="产业资金与项目管理费之和不大于指标金额",
        message_zh="{found},应{expected}",
        remedy_zh="核对产业资金、项目管理费和指标金额(万元)",
        source=FORM,
        cells=("amount", "industry_amount", "management_fee"),
        query=bad_rows(
            DATASET,
            when="d.industry_amount + d.management_fee > d.amount",
            found=f"'产业资金与管理费之和 ' || {wan('d.industry_amount + d.management_fee')}",
            expected=f"'不大于指标金额 ' || {wan('d.amount')}",
            difference=wan("d.industry_amount + d.management_fee - d.amount"),
        ),
    ),
    Rule(
        code="R-FUND-22",
        dataset=DATASET,
        severity="error",
        title_zh="下达日期不晚于报告期末",
        message_zh="{found},应{expected}",
        remedy_zh="核对下达日期",
        source=FORM,
        cells=("issued_on",),
        query=after_period(DATASET, "issued_on", "下达日期"),
    ),
    Rule(
        code="R-FUND-23",
        dataset=DATASET,
        severity="warning",
        title_zh="安排项目数与项目库一致",
        message_zh="安排项目数 {found},{expected}",
        remedy_zh="核对安排项目数,以及项目库中各项目的资金文号和安排日期",
        source=UNSOURCED,
        cells=("document_no", "projects"),
        # A project that draws on several documents counts for each.
        query=bad_rows(
            DATASET,
            when=f"{reported('projects')} and d.projects <> pool.arranged",
            found=number("d.projects", "个"),
            expected=f"'项目库中该文号已安排 ' || {number('pool.arranged', '个')}",
            difference=number("d.projects - pool.arranged", "个"),
            also=f"""join (
                select f.submission_id, f.document_no, count(p.project_no) as arranged
                from (select distinct submission_id, document_no from fund_spending) as f
                left join projects as p on p.submission_id = f.submission_id and p.arranged_on is not null
                    and contains({document_key("p.document_no")}, {document_key("f.document_no")})
                group by f.submission_id, f.document_no
            ) as pool on pool.submission_id = d.submission_id and pool.document_no = d.document_no""",
        ),
    ),
    Rule(
        code="R-FUND-1",
        dataset=DATASET,
        severity="warning",
        title_zh="中央资金用于产业的比例达到当年要求",
        message_zh="中央资金用于产业的比例 {found},低于{expected}",
        remedy_zh="核对产业资金口径;确未达到的,调整资金投向",
        source="2023年中央一号文件(60%); earlier years common practice, unsourced",
        query=_industry_share(
            "case when max(period_year) >= 2023 then 0.60 when max(period_year) = 2022 then 0.55 else 0.50 end"
        ),
    ),
    Rule(
        code="R-FUND-1-2",
        draft=True,
        dataset=DATASET,
        severity="warning",
        title_zh="中央资金用于产业的比例不论年度均达到60%",
        message_zh="中央资金用于产业的比例 {found},低于{expected}",
        remedy_zh="核对产业资金口径;确未达到的,调整资金投向",
        source="2023年中央一号文件(60%)",
        query=_industry_share("0.60"),
    ),
]
