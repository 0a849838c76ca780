"""Mistakes in the registers of people: 监测对象台账, 务工就业, 驻村工作队 and 驻村培训."""

from __future__ import annotations

from datetime import date
from random import Random

from sample.mistakes import edits
from sample.mistakes.book import Book, Register, day_cell
from sample.mistakes.edits import after_period, days_after, more_than, positive, put, row_kind, says
from sample.mistakes.kind import Kind, Touched
from sample.write.cells import Cell

HOUSEHOLDS, WORK, TEAMS, TRAINING = (
    "monitored_households",
    "employment",
    "resident_teams",
    "resident_training",
)
SECRETARIES = ("第一书记", "第一书记(兼队长)")
NOT_ELIMINATED = says("risk_eliminated", "否")


def _one_digit_less(column: str) -> edits.Change:
    return lambda register, row, rng: {column: register.text(row, column)[:-1]}


def _other_type(register: Register, row: int, rng: Random) -> dict[str, Cell]:
    types = {"脱贫户": "一般农户", "一般农户": "脱贫户"}
    return {"household_type": types[register.text(row, "household_type")]}


def _next_year(register: Register, row: int, rng: Random) -> dict[str, Cell]:
    return {"identified_month": f"{register.period.end.year + 1}-01"}


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


def _swapped_columns(book: Book, rng: Random) -> Touched | None:
    """The whole ID numbers stand under the phone's header and the other way round."""
    register = book.register(HOUSEHOLDS)
    if register is None or not register.rows:
        return None
    for row in register.rows:
        number, phone = register.value(row, "head_id_no"), register.value(row, "head_phone")
        register.write(row, "head_id_no", phone)
        register.write(row, "head_phone", number)
    cells = (register.down("head_id_no"), register.down("head_phone"))
    return Touched(register.sheet, cells, "证件号码与联系电话两列的内容整列对调")


KINDS = (
    Kind(
        key="id_and_phone_swapped",
        name_zh="证件号码与联系电话两列填反",
        category=edits.SWAPPED,
        severity="error",
        rules=frozenset({"S-SWAPPED", "S-ID"}),
        dataset=HOUSEHOLDS,
        apply=_swapped_columns,
        follows=frozenset({"S-PHONE", "S-REQUIRED"}),
    ),
    row_kind(
        "id_of_17_digits",
        "身份证号少一位",
        edits.NUMBER,
        HOUSEHOLDS,
        "S-ID",
        change=_one_digit_less("head_id_no"),
    ),
    row_kind(
        "category_against_type",
        "监测类别与户类型矛盾",
        edits.LOGIC,
        HOUSEHOLDS,
        "R-MON-1-1",
        change=_other_type,
        where=says("category", "脱贫不稳定户", "边缘易致贫户"),
    ),
    row_kind(
        "labour_above_members",
        "劳动力人数大于家庭人口",
        edits.LOGIC,
        HOUSEHOLDS,
        "R-MON-20",
        change=more_than("labour_members", "members", 2),
    ),
    row_kind(
        "eliminated_without_month",
        "风险已消除而无消除时间",
        edits.BLANK,
        HOUSEHOLDS,
        "R-MON-6-1",
        change=put("eliminated_month", None),
        where=says("risk_eliminated", "是"),
    ),
    row_kind(
        "members_beyond_limit",
        "家庭人口45人",
        edits.LIMIT,
        HOUSEHOLDS,
        "S-RANGE",
        change=put("members", 45),
        follows="R-MON-23",
    ),
    row_kind(
        "month_with_one_digit",
        "年月写成2021.1",
        edits.FORM,
        HOUSEHOLDS,
        "S-TYPE",
        change=put("identified_month", "2021.1"),
    ),
    row_kind(
        "identified_after_period",
        "识别时间晚于报告期",
        edits.ORDER,
        HOUSEHOLDS,
        "R-MON-6-3",
        change=_next_year,
        where=NOT_ELIMINATED,
    ),
    row_kind(
        "old_income_line",
        "收入参考范围用旧标准",
        edits.LIMIT,
        HOUSEHOLDS,
        "R-MON-2",
        change=put("income_threshold", 5000),
        severity="warning",
        follows="R-MON-1-2",
    ),
    row_kind(
        "public_job_elsewhere",
        "公益性岗位务工地点在省外",
        edits.LOGIC,
        WORK,
        "R-EMP-2",
        change=put("work_place", "省外"),
        where=says("channel", "公益性岗位"),
        follows="S-KEY",
    ),
    row_kind(
        "women_above_people",
        "女性人数大于就业人数",
        edits.LOGIC,
        WORK,
        "R-EMP-20",
        change=more_than("women", "people", 3),
    ),
    row_kind(
        "wage_of_a_year",
        "月收入填成年收入",
        edits.UNIT,
        WORK,
        "R-EMP-3",
        change=edits.times("monthly_wage", "12"),
        where=lambda register, row: register.number(row, "monthly_wage") > 2600,
        severity="warning",
    ),
    row_kind(
        "channel_not_listed",
        "就业渠道不在选项中",
        edits.FORM,
        WORK,
        "S-ALLOWED",
        change=put("channel", "打零工"),
        where=says("channel", "灵活就业", "自主创业", "外出务工"),
    ),
    row_kind(
        "number_in_words",
        "人数写成“三十”",
        edits.FORM,
        WORK,
        "S-TYPE",
        change=put("people", "三十"),
    ),
    row_kind(
        "negative_count",
        "人数为负",
        edits.LIMIT,
        WORK,
        "S-RANGE",
        change=edits.times("women", "-1"),
        where=positive("women"),
    ),
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
        change=_one_digit_less("worker_phone"),
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
