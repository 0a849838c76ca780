"""Mistakes in 驻村工作队 and 驻村培训."""

from __future__ import annotations

from datetime import date
from random import Random

from sample.mistakes import edits
from sample.mistakes.book import Book, Register, day_cell
from sample.mistakes.edits import after_period, days_after, one_digit_less, put, row_kind
from sample.mistakes.kind import Kind, Touched
from sample.write.cells import Cell

TEAMS, TRAINING = "resident_teams", "resident_training"
SECRETARIES = ("第一书记", "第一书记(兼队长)")


def _last_year(register: Register, row: int, rng: Random) -> dict[str, Cell]:
    day = date(register.period.end.year - 1, 11, 9)
    return {"started_on": day_cell(day), "ended_on": day_cell(day)}


def _led_by_another(register: Register, row: int) -> bool:
    """Whether a worker is no first secretary in a team that has one, who is not on this row."""
    return register.text(row, "role") not in SECRETARIES and bool(_secretaries(register, row))


def _secretaries(register: Register, row: int) -> list[int]:
    return [other for other in _team(register, row) if register.text(other, "role") in SECRETARIES]


def _team(register: Register, row: int) -> list[int]:
    team = register.text(row, "team_no")
    return [other for other in register.rows if register.text(other, "team_no") == team]


def _second_secretary(book: Book, rng: Random) -> Touched | None:
    register = book.register(TEAMS)
    row = register and register.pick(rng, _led_by_another)
    if row is None:
        return None
    cell = register.write(row, "role", "第一书记")
    also = tuple(f"{register.sheet}!{register.address(o, 'role')}" for o in _secretaries(register, row))
    return Touched(register.sheet, (cell,), "一名队员改为第一书记,该队有了两名", also)


def _team_of_two(book: Book, rng: Random) -> Touched | None:
    """A worker of a team of three is left out of the list."""
    register = book.register(TEAMS)

    def spare(register: Register, row: int) -> bool:
        return register.text(row, "role") not in SECRETARIES and len(_team(register, row)) == 3

    row = register and register.pick(rng, spare)
    if row is None:
        return None
    team = register.text(row, "team_no")
    del register.grid.rows[row]
    left = [r for r in book.register(TEAMS).rows if register.text(r, "team_no") == team]
    cells = tuple(register.address(r, "team_no") for r in left)
    return Touched(register.sheet, cells, f"漏报第{row + 1}行的一名队员,该队只剩2人")


KINDS = (
    Kind(
        key="two_first_secretaries",
        name_zh="一支工作队两名第一书记",
        category=edits.LOGIC,
        severity="error",
        rules=frozenset({"R-TEAM-3-1"}),
        dataset=TEAMS,
        apply=_second_secretary,
    ),
    Kind(
        key="team_of_two",
        name_zh="漏报一名队员,工作队只剩2人",
        category=edits.LOGIC,
        severity="warning",
        rules=frozenset({"R-TEAM-3-2"}),
        dataset=TEAMS,
        apply=_team_of_two,
        follows=frozenset({"R-SUM-3"}),
    ),
    row_kind(
        "present_35_days",
        "本月驻村35天",
        edits.LIMIT,
        TEAMS,
        "S-RANGE R-TEAM-2-2",
        change=put("days_present", 35),
    ),
    row_kind(
        "phone_of_ten_digits",
        "联系电话少一位",
        edits.NUMBER,
        TEAMS,
        "S-PHONE",
        change=one_digit_less("worker_phone"),
        where=lambda register, row: len(register.text(row, "worker_phone")) == 11,
        severity="warning",
    ),
    row_kind(
        "term_ends_before_start",
        "期满时间早于开始时间",
        edits.ORDER,
        TEAMS,
        "R-TEAM-20",
        change=days_after("ends_on", "started_on", -30),
        follows="R-TEAM-2-1 R-TEAM-21",
    ),
    row_kind(
        "term_of_one_year",
        "驻村任期一年",
        edits.LIMIT,
        TEAMS,
        "R-TEAM-2-1",
        change=days_after("ends_on", "started_on", 365),
        severity="warning",
    ),
    row_kind(
        "session_ends_before_start",
        "结业日期早于开班日期",
        edits.ORDER,
        TRAINING,
        "R-TRAIN-1",
        change=days_after("ended_on", "started_on", -2),
    ),
    row_kind(
        "session_after_period",
        "开班日期晚于报告期",
        edits.ORDER,
        TRAINING,
        "R-TRAIN-2",
        change=after_period("started_on"),
        follows="R-TRAIN-1",
    ),
    row_kind(
        "session_of_last_year",
        "报了上年的培训班",
        edits.LIMIT,
        TRAINING,
        "R-TRAIN-3",
        change=_last_year,
        agreeing=("ended_on",),
        severity="warning",
        follows="R-SUM-3",
    ),
    row_kind(
        "about_thirty",
        "人次写成“约30”",
        edits.FORM,
        TRAINING,
        "S-TYPE",
        change=put("person_times", "约30"),
    ),
    row_kind(
        "nobody_trained",
        "培训人次为0",
        edits.LIMIT,
        TRAINING,
        "R-TRAIN-4",
        change=put("person_times", 0),
        severity="warning",
        follows="R-SUM-3",
    ),
)
