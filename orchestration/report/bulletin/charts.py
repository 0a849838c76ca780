"""The charts of a bulletin as data: what is drawn, in what unit, and the same in words for who cannot see it.

Belongs here: choosing and ordering points. Does not belong here: drawing (``chart_page``, ``chart_docx``, ``markdown``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from orchestration.indicators import load_indicators
from orchestration.report.bulletin.figures import Figure
from orchestration.report.bulletin.material import HISTORY_OF, Material
from orchestration.report.bulletin.progress import Change, completions, time_gone
from orchestration.report.bulletin.saying import say_amount, say_number, say_short
from orchestration.units import Unit

_CATEGORIES = (
    ("脱贫不稳定户", "monitored_households_unstable"),
    ("边缘易致贫户", "monitored_households_marginal"),
    ("突发严重困难户", "monitored_households_sudden"),
)
_START_RATE = "project_start_rate"


@dataclass(frozen=True, slots=True)
class Point:
    """One bar or dot: its name, its exact value in the chart's unit (none where there is no figure), and as printed."""

    label: str
    value: Decimal | None
    printed: str


@dataclass(frozen=True, slots=True)
class Chart:
    """``form``: bars (from left to right), changes (bars to both sides of nought), progress (columns beside a marked line), trend
    (a line through time)."""

    key: str
    title: str
    unit: str
    form: str
    points: tuple[Point, ...]
    marked: Point | None = None

    @property
    def in_words(self) -> str:
        """What the chart shows, for who cannot see it."""
        shown = "，".join(f"{point.label}{point.printed}" for point in self.points)
        line = f"；{self.marked.label}{self.marked.printed}" if self.marked else ""
        return f"{self.title}（单位：{self.unit}）：{shown}{line}。"


def monitoring_charts(material: Material, unit: Unit) -> tuple[Chart, ...]:
    """Monitored households: by category, by part of the unit, and through time."""
    return tuple(
        chart
        for chart in (_categories(material, unit), _parts(material, unit), _trend(material, unit))
        if chart
    )


def progress_charts(material: Material, unit: Unit) -> tuple[Chart, ...]:
    """The completions of the year's targets and the share of projects started, beside the time gone."""
    found = completions(unit, material.of(unit))
    if not found:
        return ()
    day = max(completion.figure.as_of for completion in found)
    shown = [completion.figure for completion in found]
    started = material.of(unit).get(_START_RATE)
    if started is not None and started.value is not None:
        shown.insert(0, started)
    return (
        Chart(
            key="progress",
            title="重点工作完成进度与时间进度",
            unit="%",
            form="progress",
            points=tuple(_percent(figure) for figure in shown),
            marked=_time_mark(day),
        ),
    )


def change_charts(changes: Sequence[Change], material: Material) -> tuple[Chart, ...]:
    """The largest changes of one indicator; nothing of a single one."""
    if len(changes) < 2:
        return ()
    indicator = load_indicators()[changes[0].figure.key]
    points = tuple(
        Point(
            change.unit.name,
            change.difference,
            ("+" if change.difference > 0 else "−") + say_amount(abs(change.difference), indicator),
        )
        for change in changes
    )
    title = f"{say_short(material.period)}{changes[0].figure.label}变化最大的{len(points)}个单位"
    return (Chart(f"changes_{indicator.key}", title, indicator.unit, "changes", points),)


def _categories(material: Material, unit: Unit) -> Chart | None:
    found = material.of(unit)
    points = [_point(name, found[key]) for name, key in _CATEGORIES if key in found]
    return _bars("categories", "监测对象户数（按类别）", "户", points)


def _parts(material: Material, unit: Unit) -> Chart | None:
    having = [
        (part, material.of(part)[HISTORY_OF])
        for part in material.parts(unit)
        if HISTORY_OF in material.of(part)
    ]
    points = [_point(part.name, figure) for part, figure in having if figure.value is not None]
    ranked = sorted(points, key=lambda point: -point.value)
    return _bars("parts", f"监测对象户数（按{'市' if unit.kind == 'province' else '县区'}）", "户", ranked)


def _bars(key: str, title: str, unit: str, points: Iterable[Point]) -> Chart | None:
    drawn = tuple(point for point in points if point.value is not None)
    return Chart(key, title, unit, "bars", drawn) if len(drawn) > 1 and any(p.value for p in drawn) else None


def _trend(material: Material, unit: Unit) -> Chart | None:
    history = material.history.get(unit.code, ())
    if sum(past.value is not None for past in history) < 2:
        return None
    points = tuple(Point(past.period.key, past.value, past.display) for past in history)
    return Chart("trend", f"近{len(points)}期监测对象户数", "户", "trend", points)


def _point(label: str, figure: Figure) -> Point:
    return Point(label, figure.value, figure.display)


def _percent(figure: Figure) -> Point:
    return Point(figure.label.removesuffix("完成率"), figure.value * 100, figure.display)


def _time_mark(day: date) -> Point:
    gone = time_gone(day) * 100
    return Point(f"时间进度（至{day.month}月{day.day}日）", gone, f"{say_number(gone, 2)}%")
