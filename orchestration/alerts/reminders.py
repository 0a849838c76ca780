"""Reminders before a due day: which units still owe, as one message for the bureau and a letter for each unit.

Pure. Belongs here: who is reminded of what on a day, and the words. Does not belong here: who owes (``owing``), sending and
remembering (``remind``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from orchestration.alerts.alert import Block, Entry, Message
from orchestration.alerts.naming import NAME, day, report_of
from orchestration.alerts.owing import Owed
from orchestration.periods import in_time, parse_period

# Days before a due day on which nights remind; a night that was missed is made up for by the next one before the due day.
STAGES = (2, 0)
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is due by one day: of one period, the units that owe. ``stage`` names the occasion: nobody is reminded twice on it."""

    period: str
    due_on: date
    stage: str
    owing: tuple[Owed, ...]

    @property
    def key(self) -> str:
        return f"{self.period} {self.due_on.isoformat()} {self.stage}"


def of_night(owing: Iterable[Owed], today: date) -> list[Reminder]:
    """What a night reminds of: what is due in two days or less, and on the day itself."""

    def stage(one: Owed) -> str | None:
        left = (one.due_on - today).days
        reached = [days for days in STAGES if 0 <= left <= days]
        return f"{min(reached)}" if reached else None

    return _grouped((one, named) for one in owing if (named := stage(one)) is not None)


def of_request(owing: Iterable[Owed], today: date, days: int, period: str | None) -> list[Reminder]:
    """What somebody asks to be reminded of: what is due within so many days, or of a period whatever still can be sent."""

    def asked(one: Owed) -> bool:
        if period is not None:
            return one.period == period and today <= one.close_on
        return 0 <= (one.due_on - today).days <= days

    return _grouped((one, f"asked {today.isoformat()}") for one in owing if asked(one))


def _grouped(staged: Iterable[tuple[Owed, str]]) -> list[Reminder]:
    groups: dict[tuple[str, date, str], list[Owed]] = defaultdict(list)
    for one, stage in staged:
        groups[(one.period, one.due_on, stage)].append(one)
    order = {
        period.key: place for place, period in enumerate(in_time(parse_period(key) for key, _, _ in groups))
    }
    return [
        Reminder(period, due_on, stage, tuple(sorted(owing, key=lambda one: one.unit.code)))
        for (period, due_on, stage), owing in sorted(
            groups.items(), key=lambda group: (group[0][1], order[group[0][0]])
        )
    ]


def to_bureau(reminders: Sequence[Reminder], today: date) -> Message:
    """One message for the bureau's group: by period, then by city, every unit that owes."""
    counts = "、".join(
        f"{report_of(reminder.period)}还欠{len(_units(reminder))}个单位" for reminder in reminders
    )
    return Message(
        title=f"{NAME}催报 {day(today)}:{counts}",
        lead="以下单位还没有报齐,请各市督促所属县(区)按时报送。",
        blocks=tuple(_block(reminder, today) for reminder in reminders),
        footer=("未加括号的尚未报送。名单按最近一次夜间处理的结果,之后收到的不再列入。",),
        data={"day": today.isoformat(), "reminders": [as_data(reminder) for reminder in reminders]},
    )


def _units(reminder: Reminder) -> list[str]:
    return sorted({one.unit.code for one in reminder.owing})


def _block(reminder: Reminder, today: date) -> Block:
    cities: dict[str, list[Owed]] = defaultdict(list)
    for one in reminder.owing:
        cities[one.unit.city_name or "省本级"].append(one)
    return Block(
        f"{report_of(reminder.period)}:{_until(reminder.due_on, today)},还欠{len(_units(reminder))}个单位",
        "warning",
        tuple(
            Entry(f"{city}{len(owing)}个:{'、'.join(_named(one) for one in owing)}")
            for city, owing in cities.items()
        ),
    )


def _named(one: Owed) -> str:
    if one.is_whole:
        return one.unit.name
    parts = [f"缺{len(one.missing)}张表"] if one.missing else []
    parts += [f"{len(one.returned)}张退回待改"] if one.returned else []
    return f"{one.unit.name}({'、'.join(parts)})"


def to_unit(one: Owed, today: date) -> Message:
    """A letter to the office of a unit: what it still owes, until when, and how it is sent."""
    report = report_of(one.period)
    missing = f"全部{one.sheets}张表" if one.is_whole else "、".join(one.missing)
    owed = [f"未报送:{missing}"] if one.missing else []
    owed += [f"已报送、退回待改:{'、'.join(one.returned)}(错误位置见回执)"] if one.returned else []
    return Message(
        title=f"【催报】{one.unit.name} {report},{_until(one.due_on, today)}",
        lead=f"{one.unit.name}:\n\n你单位{report}还没有报齐。截止日 {one.due_on.isoformat()}(星期{_WEEKDAYS[one.due_on.weekday()]})"
        f",{_left(one.due_on, today)}。",
        blocks=(
            Block("尚欠", "warning", tuple(Entry(line) for line in owed)),
            Block(
                "办理",
                "comment",
                (
                    Entry("按当期表样填写,报送前请先自行校核"),
                    Entry("放入收件目录即为报送;系统每晚处理,次日可见回执"),
                    Entry(f"期满 {one.close_on.isoformat()} 关闭,之后不再接收"),
                ),
                numbered=True,
            ),
        ),
        footer=("如已报送,请忽略本提醒。本邮件由系统自动发出,请勿直接回复。",),
        data={"day": today.isoformat(), "reminder": _owed_data(one)},
    )


def _until(due_on: date, today: date) -> str:
    return f"{day(due_on)}截止,{_left(due_on, today)}"


def _left(due_on: date, today: date) -> str:
    left = (due_on - today).days
    if left == 0:
        return "今天截止"
    return f"还有{left}天" if left > 0 else f"已逾期{-left}天"


def as_data(reminder: Reminder) -> dict[str, Any]:
    """A reminder for programs. Days are ISO."""
    return {
        "reporting_period": reminder.period,
        "due_on": reminder.due_on.isoformat(),
        "units": [_owed_data(one) for one in reminder.owing],
    }


def _owed_data(one: Owed) -> dict[str, Any]:
    return {
        "unit_code": one.unit.code,
        "unit_name": one.unit.name,
        "reporting_period": one.period,
        "due_on": one.due_on.isoformat(),
        "missing": list(one.missing),
        "returned": list(one.returned),
    }
