"""What a notice says of made-up restatements: changed formulas, late reports, values withdrawn and back, ratios, many units."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from bulletin_support import UNITS

from orchestration.publish.ledger import Entry
from orchestration.report.bulletin.markdown import render_markdown
from orchestration.report.restated.found import Restated, Restatement, Shifted
from orchestration.report.restated.issued import Carrier
from orchestration.report.restated.notice import compose
from orchestration.report.restated.saying import say_carriers, say_difference, say_periods
from orchestration.report.restated.sent import Edited, Sent

NIGHT = datetime(2021, 9, 9, 18, tzinfo=UTC)  # the 10th in Shanghai
ENTRY = Entry(3, NIGHT, NIGHT, "", 1)
SENT = Sent(
    "610122-2021-08-x", "610122", "蓝田县", "2021-08", 2, NIGHT, "蓝田.xlsx", "更正", Edited(1, 0, 2, 1, ())
)
FIGURE = Restated(
    reporting_period="2021-08",
    unit_code="610000",
    unit_name="陕西省",
    level="province",
    figure_key="monitored_households_total",
    label="监测对象总户数",
    unit="户",
    before=Decimal(32200),
    printed_before="3.22万户",
    published_at=NIGHT,
    after=Decimal(32300),
    printed_after="3.23万户",
    reason="更正",
    submissions=(SENT.submission_id,),
    senders="蓝田县",
)
UNSENT = replace(FIGURE, reason="没有新的报送:算法、规则或审定有变", submissions=(), senders="")


def notice(*figures: Restated, sent: tuple[Sent, ...] = (), shifted: tuple[Shifted, ...] = ()) -> str:
    return render_markdown(compose(Restatement(ENTRY, figures, sent, shifted), UNITS))


def test_a_notice_has_the_number_of_its_publication_and_its_day_in_shanghai():
    text = notice(FIGURE, sent=(SENT,))
    assert "更正公告〔2021〕第3号" in text and "2021年9月10日" in text
    assert "陕西省乡村振兴局" in text


def test_rows_added_and_removed_are_counted_without_cells():
    assert "与第1版相比增加2行、删除1行。" in notice(FIGURE, sent=(SENT,))


def test_a_late_report_is_called_one():
    late = replace(SENT, reason="补报", edited=None, version=1)
    text = notice(replace(FIGURE, reason="补报"), sent=(late,))
    assert "根据蓝田县补报的报表" in text and "（1）蓝田县补报2021年8月报表第1版" in text
    assert "相比" not in text


def test_a_changed_formula_is_the_reason_where_nothing_was_sent():
    text = notice(UNSENT)
    assert "因指标算法、审核规则或审定变动，2021年9月10日第3次发布更正已公布的数据1个" in text
    assert "没有新的报送" in text and "涉及监测对象总户数，共1个数据" in text
    assert "| 算法、规则或审定 | — |" in text


def test_corrections_and_a_changed_formula_in_one_night_are_both_said():
    other = replace(UNSENT, figure_key="microcredit_amount", label="小额信贷")
    text = notice(FIGURE, other, sent=(SENT,))
    assert "根据蓝田县更正的报表，并因指标算法" in text
    assert "涉及小额信贷，共1个数据" in text


def test_a_value_withdrawn_is_said_not_to_be_cited():
    text = notice(replace(FIGURE, after=None, printed_after=None), sent=(SENT,))
    assert "全省3.22万户撤下" in text
    assert "| 3.22万户 | 撤下 | — |" in text
    assert "其中撤下1个：全省2021年8月监测对象总户数。在重新公布之前，请勿引用。" in text


def test_a_value_that_is_back_is_said_to_be_published_again():
    text = notice(replace(FIGURE, before=None, printed_before=None), sent=(SENT,))
    assert "此前撤下、现重新公布1个：全省2021年8月监测对象总户数" in text
    assert "| （此前已撤下） | 3.23万户 | — |" in text


def test_where_only_exact_values_moved_nothing_need_be_corrected():
    text = notice(replace(FIGURE, after=Decimal(32201), printed_after="3.22万户"), sent=(SENT,))
    assert "已公布的1个数据精确值有变动，印发数均不变" in text
    assert "## 一、更正原因" in text and "更正内容" not in text
    assert "列于附表1备查" in text
    assert "| 3.22万户 | 32200户 | 32201户 | +1户 |" in text


def test_a_last_digit_moved_by_rounding_alone_is_told_apart():
    moved = Shifted("2021-08", "610100", "西安市", "x", "监测对象总户数", "1.11万户", "1.12万户")
    assert "只因舍位平衡" in (text := notice(FIGURE, sent=(SENT,), shifted=(moved,)))
    assert "西安市2021年8月监测对象总户数由1.11万户改为1.12万户" in text


def test_the_text_goes_up_the_tree_from_the_county():
    city = replace(FIGURE, unit_code="610100", unit_name="西安市", level="city")
    county = replace(FIGURE, unit_code="610122", unit_name="蓝田县", level="county")
    text = notice(FIGURE, city, county, sent=(SENT,))
    places = [text.index(name) for name in ("，蓝田县由", "，西安市由", "，全省由")]
    assert places == sorted(places)
    assert "全省1个（附表1），各市1个（附表2），各县（区）1个（附表3）" in text


def test_of_many_units_the_opening_names_some_and_counts_all():
    sent = tuple(
        replace(SENT, submission_id=str(n), unit_name=f"某{n}县", unit_code=str(n)) for n in range(30)
    )
    figure = replace(FIGURE, submissions=tuple(str(n) for n in range(30)))
    assert "某9县等30个单位更正的报表" in notice(figure, sent=sent)


def test_what_a_unit_calls_its_file_is_no_markup():
    assert "\\<b\\>" in notice(FIGURE, sent=(replace(SENT, file_name="<b>.xlsx"),))


def test_differences_are_exact():
    assert say_difference(FIGURE) == "+100户"
    ratio = replace(FIGURE, unit="1", before=Decimal("0.9961"), after=Decimal("0.9944500000"))
    assert say_difference(ratio) == "−0.165个百分点"
    money = replace(FIGURE, unit="元", before=Decimal("10000.50"), after=Decimal("1010000.50"))
    assert say_difference(money) == "+100万元"
    assert say_difference(replace(money, after=Decimal("10000.75"))) == "+0.25元"
    assert say_difference(replace(money, after=None)) == "—"


def test_a_year_is_said_once_of_its_periods_and_a_week_in_full():
    periods = ("2021-08", "2021-Q3", "2021", "2022-01", "2021-W35")
    assert (
        say_periods(replace(FIGURE, reporting_period=period) for period in periods)
        == "2021年8月、三季度、全年、2022年1月、2021年第35周"
    )


def test_carriers_are_told_by_bulletin_with_their_editions():
    carriers = [
        Carrier("2021-08", "610000", 1, date(2021, 9, 6)),
        Carrier("2021-08", "610122", 1, date(2021, 9, 6)),
        Carrier("2021-Q3", "610000", 2, None),
    ]
    assert say_carriers(carriers, UNITS) == (
        "2021年8月通报（全省、蓝田县版，第1次发布，2021-09-06）；2021年三季度季调度（全省版，第2次发布）"
    )
    assert say_carriers([], UNITS) == "—"
