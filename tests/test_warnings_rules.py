"""The declared warnings: what each says of itself, and each tried exactly at its limit and just beside it."""

from __future__ import annotations

import re
import shutil
from decimal import Decimal

import duckdb
import pytest

from orchestration.cards import load_cards
from orchestration.home import Home
from orchestration.model import dbt
from orchestration.warning_rules import income_lines, levels, load_warnings

CHINESE = re.compile(r"[\u4e00-\u9fff]")
COUNTY, PERIOD = "610122", "2021-08"
every_warning = pytest.mark.parametrize("rule", load_warnings().values(), ids=lambda rule: rule.code)


@every_warning
def test_a_warning_says_in_words_what_it_is_what_to_ask_and_until_when(rule) -> None:
    assert re.fullmatch(r"W-[A-Z]+-\d", rule.code)
    assert rule.level in levels()[:-1] and rule.subject in ("household", "township", "county")
    assert CHINESE.search(rule.title) and CHINESE.search(rule.ask)
    assert rule.days > 0 and rule.days_source


@every_warning
def test_a_warning_has_a_source_or_says_that_it_has_none(rule) -> None:
    assert rule.strength in ("sourced", "unsourced")
    if rule.strength == "sourced":
        assert re.match(r"R-[A-Z]+-\d", rule.source)
    if rule.differs:
        assert CHINESE.search(rule.differs)


@every_warning
def test_the_cells_of_a_warning_are_columns_of_its_sheet(rule) -> None:
    if rule.dataset is None:
        assert not rule.cells
        return
    columns = {column.name: column for column in load_cards()[rule.dataset].sheet_columns}
    assert rule.cells and set(rule.cells) <= columns.keys()
    assert not [name for name in rule.cells if columns[name].personal]


def test_an_income_line_is_given_once_a_province_and_year_with_its_source() -> None:
    lines = income_lines()
    assert len({(line.province, line.year) for line in lines}) == len(lines) > 0
    assert all(line.amount > 0 and line.source for line in lines)
    assert [line.amount for line in lines if (line.province, line.year) == ("61", 2021)] == [Decimal(6000)]


@pytest.fixture(scope="module")
def tried(published_small_province: Home, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple]]:
    """The warnings of made-up rows in place of the small province's, by what they are about."""
    home = Home(tmp_path_factory.mktemp("tried") / "home")
    shutil.copytree(published_small_province.root, home.root)
    with duckdb.connect(str(home.build)) as connection:
        for relation, rows in _ROWS.items():
            connection.execute(f"delete from intermediate.{relation}")
            for row in rows:
                _insert(connection, relation, row)
    dbt.run(home, "run", "--select", "rpt_warnings")
    with duckdb.connect(str(home.build), read_only=True) as connection:
        found = connection.execute(
            "select subject, warning_code, level_zh, signs, reason_zh from marts.rpt_warnings order by all"
        ).fetchall()
    by_subject: dict[str, list[tuple]] = {}
    for subject, *said in found:
        by_subject.setdefault(subject, []).append(tuple(said))
    return by_subject


def _insert(connection: duckdb.DuckDBPyConnection, relation: str, row: dict) -> None:
    whole = {"reporting_period": PERIOD, "unit_code": COUNTY, "submission_id": "s", **row}
    names = ", ".join(whole)
    marks = ", ".join("?" * len(whole))
    connection.execute(
        f"insert into intermediate.{relation} by name select {names} from (values ({marks})) as given ({names})",
        list(whole.values()),
    )


def _household(no: str, **said) -> dict:
    """A household that gives no sign, but for what is said of it; its members' income together is four times a head's."""
    income = Decimal(said.get("net_income_per_head", "10000"))
    quiet = {
        "subject": no,
        "household_no": no,
        "members": 4,
        "labour_members": 2,
        "risk_1": "因产业失败",
        "measures": "产业帮扶",
        "identified_month": "2021-03",
        "months_monitored": 5,
        "measures_started_month": "2021-03",
        "risk_eliminated": False,
        "income_line": Decimal(6000),
        "previous_income_line": Decimal(6000),
        "household_income": income * 4,
    }
    return {**quiet, **said, "net_income_per_head": income}


def _before(income: str = "10000", spent: str | None = None, *, eliminated: bool = False) -> dict:
    return {
        "previous_income": Decimal(income),
        "previous_out_of_pocket": spent and Decimal(spent),
        "previous_risk_eliminated": eliminated,
    }


_UNSURE = {"risk_2": "因务工就业不稳", "measures": "综合保障"}
_HELPLESS = {"measures": None, "measures_started_month": None}
_ILL = {"risk_1": "因病", "measures": "健康帮扶、产业帮扶"}
_AT_RISK = {"at_risk_households": 3, "screened_on": "2021-08-16"}

_ROWS = {
    "int_warning_households": [
        _household("line", risk_eliminated=True, net_income_per_head="6000"),
        _household("under", risk_eliminated=True, net_income_per_head="5999.99"),
        _household("fell to", net_income_per_head="6000", **_before("6500")),
        _household("fell under", net_income_per_head="5999.99", **_before("6000")),
        _household("was under", net_income_per_head="5999.99", **_before("5999.99")),
        _household("fell 30%", net_income_per_head="7000", **_before()),
        _household("fell less", net_income_per_head="7000.01", **_before()),
        _household("spent 40%", out_of_pocket=Decimal(16000)),
        _household("spent less", out_of_pocket=Decimal("15999.99")),
        _household("spent and helped", out_of_pocket=Decimal(16000), **_ILL),
        _household("rose 20%", out_of_pocket=Decimal(9000), **_ILL, **_before(spent="1000")),
        _household("rose less", out_of_pocket=Decimal("8999.99"), **_ILL, **_before(spent="1000")),
        _household("unsure of work", **_UNSURE),
        _household("cannot work", labour_members=0, **_UNSURE),
        _household("waiting", months_monitored=2, labour_members=0, **_HELPLESS),
        _household("just found", months_monitored=1, labour_members=0, **_HELPLESS),
        _household("only secured", measures="综合保障"),
        _household("unanswered", risk_1="因病"),
        _household("answered", risk_1="因病", measures="社会帮扶、产业帮扶"),
        _household("returned", **_before(eliminated=True)),
        _household("two signs", risk_1="因病", measures="住房安全保障"),
    ],
    "int_warning_loans": [
        {"subject": "owes", "household_no": "owes", "overdue_amount": Decimal("0.01"), "is_monitored": True},
        {"subject": "not watched", "overdue_amount": Decimal(900), "is_monitored": False},
    ],
    "int_warning_loan_townships": [
        {"subject": "甲镇贷", "households": 60, "overdue_households": 3, "overdue_amount": Decimal(100)},
        {"subject": "乙镇贷", "households": 61, "overdue_households": 3, "overdue_amount": Decimal(100)},
        {"subject": "丙镇贷", "households": 4, "overdue_households": 2, "overdue_amount": Decimal(100)},
    ],
    "int_warning_employment": [
        {"subject": "甲镇工", "people": 180, "previous_people": 200},
        {"subject": "乙镇工", "people": 181, "previous_people": 200},
        {"subject": "丙镇工", "people": 1, "previous_people": 20},
        {"subject": "丁镇工", "people": 1, "previous_people": None},
    ],
    "int_warning_hazards": [
        {"subject": "甲镇灾", "hazard": "洪涝", "handled_households": 2, "days_since": 15, **_AT_RISK},
        {"subject": "乙镇灾", "hazard": "洪涝", "handled_households": 2, "days_since": 14, **_AT_RISK},
        {"subject": "丙镇灾", "hazard": "洪涝", "handled_households": 3, "days_since": 99, **_AT_RISK},
    ],
    "int_warning_counties": [
        {
            "subject": "households",
            "title_zh": "监测对象总户数",
            "unit": "户",
            "basis_zh": "本县历史",
            "value": Decimal(550),
            "median": Decimal(300),
            "series": "300、550",
        }
    ],
}
_WARNED = {
    "under": ("W-INC-1", "预警", "风险已标注消除,但人均纯收入5999.99元,低于当年标准6000元"),
    "fell under": ("W-INC-2", "预警", "人均纯收入由上期6000元降到5999.99元,跌破当年标准6000元"),
    "fell 30%": ("W-INC-3", "关注", "人均纯收入由上期10000元降到7000元,降幅达到30%"),
    "spent 40%": (
        "W-EXP-1",
        "关注",
        "合规自付支出16000元,达到全家年收入的40%,帮扶措施中没有健康、教育、保障或社会帮扶",
    ),
    "rose 20%": ("W-EXP-2", "预警", "合规自付支出由上期1000元增到9000元,增加额达到全家年收入的20%"),
    "unsure of work": (
        "W-EMP-1",
        "关注",
        "务工就业不稳,有劳动力2人,帮扶措施“综合保障”中没有就业、公益岗位、产业或金融帮扶",
    ),
    "waiting": ("W-MEA-1", "预警", "2021-03识别,至报告期末已超过1个月,仍没有开始帮扶"),
    "only secured": (
        "W-MEA-2",
        "关注",
        "有劳动力2人,帮扶措施只有“综合保障”,没有产业、就业、金融、公益岗位之一",
    ),
    "unanswered": ("W-MEA-3", "关注", "主要风险为“因病”,帮扶措施“产业帮扶”没有针对它"),
    "returned": ("W-RET-1", "预警", "上期已标注风险消除,本期又列为风险未消除(因产业失败)"),
    "owes": ("W-LOAN-1", "预警", "小额信贷逾期0.01元"),
    "甲镇贷": ("W-LOAN-2", "预警", "有3户小额信贷逾期,占贷款60户的5%以上,共100元"),
    "甲镇工": ("W-EMP-2", "预警", "务工就业人数由上期200人降到180人,降幅达到10%"),
    "甲镇灾": ("W-HAZ-1", "预警", "洪涝隐患排查于2021-08-16,存在风险3户,已处置2户,到报告期末已满15天"),
    "households": ("W-CTY-1", "关注", "监测对象总户数为550户,本县历史中位数为300户,近期为300、550"),
}


@pytest.mark.parametrize("subject", _WARNED)
def test_at_its_limit_a_warning_is_raised_in_words(tried, subject: str) -> None:
    code, level, reason = _WARNED[subject]
    assert tried[subject] == [(code, level, 1, reason)]


def test_every_declared_warning_is_tried() -> None:
    assert {code for code, _, _ in _WARNED.values()} == load_warnings().keys()


def test_beside_their_limits_no_warning_is_raised(tried) -> None:
    assert tried.keys() == {*_WARNED, "two signs"}


def test_a_household_with_two_signs_is_raised_by_one_level(tried) -> None:
    assert [said[:3] for said in tried["two signs"]] == [("W-MEA-2", "预警", 2), ("W-MEA-3", "预警", 2)]
