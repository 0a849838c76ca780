"""Rules of 扶贫小额信贷: what one county's register says of each loan."""

from expectations.rule import FORM, UNSOURCED, Rule
from expectations.shapes import above, after_period, bad_rows, before, number, reported, text, wan

DATASET = "microcredit"
POLICY = (
    "https://wxredian.com/art?id=4bf203f26963a3f627514d46dc9438c7; "
    "https://www.bypc.gov.cn/zfxxgk/bmdwxzjd/xzjd/sqz/fdzdgknr/cwgk/ymc/cwgk/art/2024/art_571d0b3bcc964e0bbae9d692cb777b39.html"
)

# A household's outstanding loans together; a loan repaid no longer counts against its limit.
_HOUSEHOLD = """join (
    select submission_id, household_no, sum(amount) as total,
           coalesce(sum(amount) filter (where not is_top_up), 0) as first_loans, count(*) as loans
    from microcredit where balance > 0 group by submission_id, household_no
) as household on household.submission_id = d.submission_id and household.household_no = d.household_no"""

# The borrower's household in the monitored register of the same workbook; nothing where it is not there.
_REGISTER = """left join (
    select submission_id, household_no, min(category) as category, max(eliminated_month) as eliminated_month
    from monitored_households where household_no is not null group by submission_id, household_no
) as register on register.submission_id = d.submission_id and register.household_no = d.household_no"""
_MONITORED = f"d.borrower_type <> '脱贫户' and {reported('monitored_households')}"

RULES = [
    Rule(
        code="R-LOAN-1-1",
        dataset=DATASET,
        severity="error",
        title_zh="首贷金额不超过5万元",
        message_zh="贷款金额 {found},超过每户上限({expected})",
        remedy_zh="核对借款合同金额与单位(应填元);确属追加贷款的,“是否追加贷款”填“是”",
        source=POLICY,
        cells=("amount", "is_top_up"),
        query=bad_rows(
            DATASET,
            when="d.amount > 50000 and not d.is_top_up",
            found=number("d.amount", "元"),
            expected=text("不超过50000元"),
            difference=number("d.amount - 50000", "元"),
        ),
    ),
    Rule(
        code="R-LOAN-1-2",
        dataset=DATASET,
        severity="error",
        title_zh="一户未还首贷合计不超过5万元",
        message_zh="该户未还清的首贷合计 {found},超过上限({expected})",
        remedy_zh="核对户编号是否重复登记、已还清贷款的余额是否为0;属追加贷款的填明",
        source=POLICY,
        cells=("household_no", "amount", "is_top_up"),
        query=bad_rows(
            DATASET,
            # One loan over the limit by itself is R-LOAN-1-1's and not said twice.
            when="household.first_loans > 50000 and not d.is_top_up and d.balance > 0 and d.amount <= 50000",
            found=number("household.first_loans", "元"),
            expected=text("不超过50000元"),
            difference=number("household.first_loans - 50000", "元"),
            also=_HOUSEHOLD,
        ),
    ),
    Rule(
        code="R-LOAN-2-1",
        dataset=DATASET,
        severity="error",
        title_zh="贷款期限不超过3年",
        message_zh="贷款期限 {found},超过上限({expected})",
        remedy_zh="核对合同期限;期限以月填报,3年为36",
        source=POLICY,
        cells=("term_months",),
        query=bad_rows(
            DATASET,
            when="d.term_months > 36",
            found=number("d.term_months", "个月"),
            expected=text("不超过36个月"),
            difference=number("d.term_months - 36", "个月"),
        ),
    ),
    Rule(
        code="R-LOAN-2-2",
        dataset=DATASET,
        severity="error",
        title_zh="到期日期与期限相符",
        message_zh="{found},应{expected}",
        remedy_zh="核对放款日期、期限和到期日期;已展期或续贷的,在相应列填“是”",
        source=POLICY,
        cells=("disbursed_on", "term_months", "due_on"),
        query=bad_rows(
            DATASET,
            when="not d.extended and not d.renewed "
            "and d.due_on > cast(d.disbursed_on + to_months(d.term_months) as date)",
            found="'到期日期 ' || cast(d.due_on as string)",
            expected="'不晚于放款日期加期限 ' "
            "|| cast(cast(d.disbursed_on + to_months(d.term_months) as date) as string)",
            difference="cast(d.due_on - cast(d.disbursed_on + to_months(d.term_months) as date) as string) || '天'",
        ),
    ),
    Rule(
        code="R-LOAN-3",
        dataset=DATASET,
        severity="error",
        title_zh="含追加贷款每户合计不超过10万元",
        message_zh="该户未还清贷款合计 {found},超过上限({expected})",
        remedy_zh="核对该户各笔贷款金额、余额和户编号",
        source=POLICY,
        cells=("household_no", "amount"),
        query=bad_rows(
            DATASET,
            when="d.balance > 0 and household.total > 100000",
            found=number("household.total", "元"),
            expected=text("不超过100000元"),
            difference=number("household.total - 100000", "元"),
            also=_HOUSEHOLD,
        ),
    ),
    Rule(
        code="R-LOAN-4",
        dataset=DATASET,
        severity="error",
        title_zh="贷款人放款时年满18周岁、不超过65周岁",
        message_zh="贷款人放款时{found},应{expected}",
        remedy_zh="核对贷款人身份证号和放款日期",
        source=POLICY,
        cells=("borrower_id_no", "disbursed_on"),
        # The year of birth alone is landed: the year in which the birthday falls is allowed at both ends.
        # The age itself is not said, for it would put a date of birth beside a row.
        query=bad_rows(
            DATASET,
            when="extract(year from d.disbursed_on) - d.borrower_birth_year not between 18 and 65",
            found="case when extract(year from d.disbursed_on) - d.borrower_birth_year < 18 "
            "then '不满18周岁' else '超过65周岁' end",
            expected=text("年满18周岁且不超过65周岁"),
        ),
    ),
    Rule(
        code="R-LOAN-4-2",
        dataset=DATASET,
        severity="error",
        title_zh="监测对象贷款户在本县监测对象台账中",
        message_zh="{found},应{expected}",
        remedy_zh="核对户编号和贷款人类别;漏报的监测对象补入监测对象台账",
        source=POLICY,
        cells=("household_no", "borrower_type"),
        query=bad_rows(
            DATASET,
            when=f"{_MONITORED} and d.household_no is not null and register.household_no is null",
            found="'贷款人类别为' || d.borrower_type || ',监测对象台账无此户编号'",
            expected=text("为在册监测对象;属脱贫户的,贷款人类别填“脱贫户”"),
            also=_REGISTER,
        ),
    ),
    Rule(
        code="R-LOAN-4-3",
        dataset=DATASET,
        # A household may have changed category since the loan was made.
        severity="warning",
        title_zh="贷款人类别与监测对象台账一致",
        message_zh="贷款人类别为{found},监测对象台账为{expected}",
        remedy_zh="核对贷款人类别和监测对象类别;放款后类别有变的可说明",
        source=UNSOURCED,
        cells=("household_no", "borrower_type"),
        query=bad_rows(
            DATASET,
            when=f"{_MONITORED} and d.borrower_type <> register.category",
            found="d.borrower_type",
            expected="register.category",
            also=_REGISTER,
        ),
    ),
    Rule(
        code="R-LOAN-4-4",
        dataset=DATASET,
        severity="error",
        title_zh="放款时监测对象风险尚未消除",
        message_zh="{found},应{expected}",
        remedy_zh="核对放款日期和风险消除时间;已消除风险的户不按监测对象放贷",
        source=POLICY,
        cells=("household_no", "borrower_type", "disbursed_on"),
        # The month of elimination itself is allowed: the register does not know the day.
        query=bad_rows(
            DATASET,
            when=f"{_MONITORED} and register.eliminated_month < strftime(d.disbursed_on, '%Y-%m')",
            found="'放款日期 ' || cast(d.disbursed_on as string)",
            expected="'不晚于风险消除时间 ' || register.eliminated_month",
            also=_REGISTER,
        ),
    ),
    Rule(
        code="R-LOAN-5",
        dataset=DATASET,
        severity="error",
        title_zh="贷款只用于生产经营",
        message_zh="贷款用途为“{found}”,{expected}",
        remedy_zh="核对贷款用途;确属违规用途的,按规定督促整改后再报",
        source=POLICY,
        cells=("purpose",),
        query=bad_rows(
            DATASET,
            when="d.purpose in ('建房', '婚丧嫁娶', '理财', '消费')",
            found="d.purpose",
            expected=text("不得用于建房、婚丧嫁娶、理财和消费"),
        ),
    ),
    Rule(
        code="R-LOAN-20",
        dataset=DATASET,
        severity="error",
        title_zh="到期日期不早于放款日期",
        message_zh="{found},应{expected}",
        remedy_zh="核对放款日期和到期日期",
        source=FORM,
        cells=("disbursed_on", "due_on"),
        query=before(DATASET, "due_on", "disbursed_on", "到期日期", "放款日期"),
    ),
    Rule(
        code="R-LOAN-21",
        dataset=DATASET,
        severity="error",
        title_zh="放款日期不晚于报告期末",
        message_zh="{found},应{expected}",
        remedy_zh="核对放款日期;尚未放款的贷款不填报",
        source=FORM,
        cells=("disbursed_on",),
        query=after_period(DATASET, "disbursed_on", "放款日期"),
    ),
    Rule(
        code="R-LOAN-22",
        dataset=DATASET,
        severity="error",
        title_zh="贷款余额不大于贷款金额",
        message_zh="{found},应{expected}",
        remedy_zh="核对贷款金额(元)和贷款余额(万元)的单位与数值",
        source=FORM,
        cells=("amount", "balance"),
        query=bad_rows(
            DATASET,
            when="d.balance > d.amount",
            found=f"'贷款余额 ' || {wan('d.balance')}",
            expected=f"'不大于贷款金额 ' || {number('d.amount', '元')}",
            difference=number("d.balance - d.amount", "元"),
        ),
    ),
    Rule(
        code="R-LOAN-23",
        dataset=DATASET,
        severity="error",
        title_zh="逾期金额不大于贷款余额",
        message_zh="{found},应{expected}",
        remedy_zh="核对逾期金额和贷款余额",
        source=FORM,
        cells=("balance", "overdue_amount"),
        query=above(
            DATASET, "overdue_amount", "balance", "逾期金额", "贷款余额", show=lambda e: number(e, "元")
        ),
    ),
    Rule(
        code="R-LOAN-24",
        dataset=DATASET,
        severity="warning",
        title_zh="贷款年利率不超过10%",
        message_zh="贷款年利率 {found},疑为口径错误({expected})",
        remedy_zh="利率按年利率百分数填报,如4.35",
        source=UNSOURCED,
        cells=("annual_rate",),
        query=bad_rows(
            DATASET,
            when="d.annual_rate > 0.10",
            found=number("d.annual_rate", "%", "100"),
            expected=text("不超过10%"),
        ),
    ),
]
