"""All that is wrong at a moment, of what a home's files say.

A question that cannot be answered (a warehouse that does not open) is a trouble itself, and leaves the others their answers.
Belongs here: which questions are asked, and those about time. Does not belong here: telling (``tell``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta

from orchestration import settings
from orchestration.alerts.alert import PUBLISH_BLOCKED, RUN_FAILED, UNIT_OVERDUE, WAREHOUSE_STALE, Alert
from orchestration.alerts.damage import damage_alerts
from orchestration.alerts.naming import day, report_of, reports_of
from orchestration.alerts.nights import DONE, last_end, last_worked, night_alerts
from orchestration.alerts.owing import Owed, cadences_under_way, owed, waiting_since
from orchestration.deadlines import expected_by
from orchestration.home import Home
from orchestration.night import is_landable
from orchestration.periods import Period, day_of, in_time, minute_of, parse_period, previous
from orchestration.publish.held import held_by
from orchestration.receive.register import Register

# Hours without a night after which one is missed: nights come daily, and a long one has its time.
NIGHT_HOURS = 26
# Days for which what was received may wait for its publication: the next night has it, and one may fail.
WAITING_DAYS = 2
_NAMES = 3  # of a city's units, where there are many
_MANY = 8


def collect(home: Home, now: datetime) -> list[Alert]:
    """Every trouble as it stands at a moment (UTC)."""
    questions: dict[str, Callable[[], Iterable[Alert]]] = {
        "夜间处理": lambda: night_alerts(home),
        "恢复的旧发布": lambda: _held(home),
        "数据完整性": lambda: damage_alerts(home, day_of(now)),
        "夜间处理的时间": lambda: _missed_night(home, now),
        "发布的时间": lambda: _unpublished(home, now),
        "报送情况": lambda: _overdue(home, day_of(now)),
    }
    found: list[Alert] = []
    for name, ask in questions.items():
        try:
            found += ask()
        except Exception as error:  # whatever it is, it must be told
            found.append(_unanswered(name, error, now))
    return found


def _unanswered(name: str, error: Exception, now: datetime) -> Alert:
    return Alert(
        RUN_FAILED,
        f"question {name}",
        f"告警检查没有完成:{name}({type(error).__name__})",
        day_of(now),
        action="运行 zhenxing doctor 检查数据文件",
    )


def _held(home: Home) -> list[Alert]:
    entry = held_by(home)
    if entry is None:
        return []
    since = minute_of(entry.published_at)
    return [
        Alert(
            PUBLISH_BLOCKED,
            "held",
            f"发布暂停:第{entry.number}次发布恢复了第{entry.puts_back}次的内容({since}),尚未解除",
            day_of(entry.published_at),
            action="问题查清后运行 zhenxing putback --release,下一晚恢复发布",
        )
    ]


def _missed_night(home: Home, now: datetime) -> list[Alert]:
    last = last_worked(home)
    allowed = int(settings.ALERT_NIGHT_HOURS.value or NIGHT_HOURS)
    if last is None or now - last <= timedelta(hours=allowed):
        return []
    hours = int((now - last).total_seconds() // 3600)
    lasting = f"{hours}小时" if hours < 72 else f"{hours // 24}天"
    return [
        Alert(
            WAREHOUSE_STALE,
            "missed_night",
            f"夜间处理已有{lasting}没有运行",
            day_of(last),
            (f"上次结束:{minute_of(last)}",),
            action="检查服务器和定时任务是否正常,必要时手工运行 zhenxing nightly",
        )
    ]


def _unpublished(home: Home, now: datetime) -> list[Alert]:
    """Periods that are not published although their day has passed, and what was received and is not published."""
    if not home.warehouse.exists():
        return []
    found = [
        _late(cadence, end, day_of(now)) for cadence, end in cadences_under_way(home, day_of(now)).items()
    ]
    return [alert for alert in (*found, _waiting(home, day_of(now))) if alert]


def _late(cadence: str, last_end_on: date, today: date) -> Alert | None:
    """The periods of a cadence after the last one reported, whose publication must have come by now."""
    missing = [period for period in _after(cadence, last_end_on, today) if expected_by(period) < today]
    if not missing:
        return None
    said = reports_of(missing[0].key, missing[-1].key, len(missing))
    return Alert(
        WAREHOUSE_STALE,
        cadence,
        f"{said}尚未发布(最迟应于{day(expected_by(missing[0]))}发布)",
        expected_by(missing[0]),
        items=tuple(period.key for period in missing),
        action=f"用 zhenxing status --period {missing[-1].key} 查看各单位报送情况",
    )


def _after(cadence: str, end: date, today: date) -> list[Period]:
    """Periods of a cadence that end after a day and before today."""
    year, week, _ = today.isocalendar()
    period = previous(parse_period(f"{year}-W{week:02d}" if cadence == "week" else f"{today:%Y-%m}"))
    found = []
    while period.end > end:
        found.append(period)
        period = previous(period)
    return in_time(found)


def _waiting(home: Home, today: date) -> Alert | None:
    """What came and was not published since, where no failure says why already."""
    end = last_end(home)
    if held_by(home) or not home.register.exists() or (end is not None and end.outcome != DONE):
        return None
    with Register(home.register) as register:
        landable = [s.submission_id for s in register.submissions() if is_landable(s)]
    since = waiting_since(home, landable)
    late = [came for came in since.values() if (today - came).days > WAITING_DAYS]
    if not late:
        return None
    return Alert(
        WAREHOUSE_STALE,
        "waiting",
        f"{len(late)}份报表收到超过{WAITING_DAYS}天仍未发布",
        min(late),
        action="手工运行 zhenxing nightly,看它没有发布的原因",
    )


def _overdue(home: Home, today: date) -> list[Alert]:
    """Units of which nothing came by the due day, by period, while the period still takes submissions."""
    by_period: dict[str, list[Owed]] = defaultdict(list)
    for one in owed(home):
        if one.due_on < today <= one.close_on:
            by_period[one.period].append(one)
    return [
        _overdue_of(period.key, by_period[period.key])
        for period in in_time(map(parse_period, by_period))
        if any(one.missing for one in by_period[period.key])
    ]


def _overdue_of(period: str, late: Sequence[Owed]) -> Alert:
    missing = [one for one in late if one.missing]
    returned = sorted({one.unit.code for one in late if not one.missing})
    also = (f"另有{len(returned)}个单位已报未通过,尚未改报",) if returned else ()
    units = {one.unit.code: one for one in missing}
    due_on, close_on = min(one.due_on for one in missing), max(one.close_on for one in missing)
    return Alert(
        UNIT_OVERDUE,
        period,
        f"{report_of(period)}:{len(units)}个单位逾期未报({day(due_on)}截止,{day(close_on)}关闭)",
        due_on,
        (by_city(list(units.values())), *also),
        items=tuple(sorted(units)),
        action=f"请有关市、县补报;催报可用 zhenxing remind --period {period}",
    )


def by_city(owing: Sequence[Owed]) -> str:
    """Units grouped by city in one line, the city with most of them first; where there are many, a few names of each."""
    cities: dict[str, list[str]] = defaultdict(list)
    for one in owing:
        cities[one.unit.city_name or "省本级"].append(one.unit.name)
    shown = _NAMES if len(owing) > _MANY else len(owing)
    ordered = sorted(cities.items(), key=lambda city: (-len(city[1]), city[0]))
    return ";".join(
        f"{city}{len(names)}个({'、'.join(names[:shown])}{'等' if len(names) > shown else ''})"
        for city, names in ordered
    )
