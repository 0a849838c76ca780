"""Single cells changed in workbooks that are then sent again, and what must come of each, worked out by hand.

A night takes one such workbook of each unit. Each starts from the unit's first workbook, so an edit is gone when
the unit sends its next. A rule of error severity holds back its dataset alone, and the version accepted last
stays in the figures: such an edit moves no figure.

Belongs here: the edits and what is expected. Does not belong here: running nights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline_support import PROVINCE, Register

LANTIAN, SHIQUAN, SHANYANG = "610122", "610922", "611024"

Condition = Callable[[Register, int], bool]
Change = Callable[[Register], str]


@dataclass(frozen=True)
class Edit:
    """``change`` edits one cell of the dataset's sheet and returns its address.

    ``figures``: how far the province's figures move. ``cell_rules``: rules that fail and name the cell changed.
    ``other_rules``: rules that fail for it and name other cells, as 汇总表 does when a register is changed.
    ``bureau_rules``: province-wide rules that fail for it.
    """

    name: str
    version: int
    unit: str
    dataset: str
    change: Change
    figures: dict[str, int] = field(default_factory=dict)
    cell_rules: frozenset[str] = frozenset()
    other_rules: frozenset[str] = frozenset()
    bureau_rules: frozenset[str] = frozenset()


def put(column: str, value: object, where: Condition = lambda *_: True) -> Change:
    """Writes a value into the column's cell of the first row that answers."""
    return lambda register: register.write(register.find(lambda row: where(register, row)), column, value)


def add(column: str, amount: int, where: Condition = lambda *_: True) -> Change:
    """Adds to the number in the column's cell of the first row that answers."""

    def change(register: Register) -> str:
        row = register.find(lambda row: where(register, row))
        return register.write(row, column, float(register.number(row, column) + amount))

    return change


def says(column: str, *texts: str) -> Condition:
    return lambda register, row: register.text(row, column) in texts


def both(first: Condition, second: Condition) -> Condition:
    return lambda register, row: first(register, row) and second(register, row)


MARGINAL_OF_FOUR = both(says("category", "边缘易致贫户"), says("members", "4"))
FULL_FIRST_LOAN = both(says("amount", "50000"), says("is_top_up", "否"))
ALLOTTED_TO_COUNTY = says("allotment", "切块到县")


def start_before_arranged(register: Register) -> str:
    """The first started project starts a day before its money was arranged."""
    row = register.find(lambda row: register.text(row, "started_on").startswith("2021-"))
    arranged = datetime.fromisoformat(register.text(row, "arranged_on"))
    return register.write(row, "started_on", arranged - timedelta(days=1))


def second_first_secretary(register: Register) -> str:
    """A member of the first team becomes a second first secretary of it."""
    first = register.rows[0]
    team = register.text(first, "team_no")
    row = register.find(lambda row: row > first and register.text(row, "team_no") == team)
    return register.write(row, "role", "第一书记")


def number_of_the_row_above(register: Register) -> str:
    above, row = register.rows[:2]
    return register.write(row, "product_no", register.text(above, "product_no"))


EDITS = [
    Edit(
        "a household changes its category",
        2,
        SHANYANG,
        "monitored_households",
        put("category", "突发严重困难户", MARGINAL_OF_FOUR),
        figures={
            "monitored_households_marginal": -1,
            "monitored_people_marginal": -4,
            "monitored_households_sudden": 1,
            "monitored_people_sudden": 4,
        },
        other_rules=frozenset({"R-SUM-3"}),
    ),
    Edit(
        "a first loan above the limit",
        2,
        LANTIAN,
        "microcredit",
        put("amount", 60000, FULL_FIRST_LOAN),
        cell_rules=frozenset({"R-LOAN-1-1"}),
        other_rules=frozenset({"R-SUM-3"}),
    ),
    Edit(
        "a project started before it was arranged",
        2,
        SHIQUAN,
        "projects",
        start_before_arranged,
        cell_rules=frozenset({"R-PROJ-4-3"}),
    ),
    Edit(
        "a fund document of a million more",
        2,
        PROVINCE,
        "bridging_funds",
        add("amount", 100, ALLOTTED_TO_COUNTY),
        figures={
            "bridging_funds_central_provincial": 1_000_000,
            "bridging_funds_allotted_to_counties": 1_000_000,
        },
        other_rules=frozenset({"R-SUM-3"}),
        bureau_rules=frozenset({"R-FUND-4-2", "R-STAT-1"}),
    ),
    Edit(
        "a household with one member more",
        3,
        SHANYANG,
        "monitored_households",
        put("members", 5, MARGINAL_OF_FOUR),
        figures={"monitored_people_total": 1, "monitored_people_marginal": 1},
        other_rules=frozenset({"R-SUM-3"}),
    ),
    Edit(
        "a loan of four years",
        3,
        LANTIAN,
        "microcredit",
        put("term_months", 48),
        cell_rules=frozenset({"R-LOAN-2-1"}),
    ),
    Edit(
        "a hundred more people at work",
        3,
        SHIQUAN,
        "employment",
        add("people", 100),
        figures={"employment_lifted_labour": 100},
        other_rules=frozenset({"R-SUM-3"}),
        bureau_rules=frozenset({"R-STAT-1"}),
    ),
    Edit(
        "a call that was no consultation",
        3,
        PROVINCE,
        "hotline_12317",
        put("call_type", "求助", says("call_type", "政策咨询")),
        figures={"hotline_12317_policy_consultations": -1},
        other_rules=frozenset({"R-SUM-3"}),
        bureau_rules=frozenset({"R-STAT-1"}),
    ),
    Edit(
        "a second first secretary in a team",
        4,
        LANTIAN,
        "resident_teams",
        second_first_secretary,
        cell_rules=frozenset({"R-TEAM-3-1"}),
        other_rules=frozenset({"R-SUM-3"}),
    ),
    Edit(
        "a date that is no date",
        4,
        SHIQUAN,
        "projects",
        put("pooled_on", "七月底前后", says("status", "未安排")),
        cell_rules=frozenset({"S-TYPE"}),
    ),
    Edit(
        "an error cell where people stood",
        4,
        SHANYANG,
        "resettlement_sites",
        put("occupied_people", "#REF!"),
        cell_rules=frozenset({"S-TYPE"}),
    ),
    Edit(
        "one official more from Jiangsu",
        4,
        PROVINCE,
        "east_west",
        add("value", 1, says("indicator", "挂职干部")),
        figures={"ew_seconded_officials": 1},
        other_rules=frozenset({"R-SUM-3"}),
        bureau_rules=frozenset({"R-STAT-1"}),
    ),
    Edit(
        "a stated total that its register contradicts",
        5,
        LANTIAN,
        "stated_totals",
        add("value", 5, says("indicator", "入库项目")),
        cell_rules=frozenset({"R-SUM-3"}),
    ),
    Edit(
        "seven more trained",
        5,
        SHIQUAN,
        "resident_training",
        add("person_times", 7),
        figures={"resident_workers_trained": 7},
        other_rules=frozenset({"R-SUM-3"}),
        bureau_rules=frozenset({"R-STAT-1"}),
    ),
    Edit(
        "a product with another's number",
        5,
        SHANYANG,
        "recognised_products",
        number_of_the_row_above,
        cell_rules=frozenset({"S-KEY"}),
    ),
    Edit(
        "a visit after the month's end",
        5,
        PROVINCE,
        "supervision",
        put("done_on", datetime(2021, 9, 15), says("item_type", "实地调研")),
        cell_rules=frozenset({"R-SUP-3"}),
    ),
]
VERSIONS = sorted({edit.version for edit in EDITS})
