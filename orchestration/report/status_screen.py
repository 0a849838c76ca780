"""The terminal of ``zhenxing status``: the province in a line, a table of its cities, and the units that want something.

Belongs here: showing. Does not belong here: reading what is shown (``status``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.periods import SHANGHAI
from orchestration.report.status import Completeness, Standing, Status

_STYLES = {
    "accepted": "green",
    "nil_return": "green",
    "partly_accepted": "yellow",
    "pending": "yellow",
    "returned": "red",
    "overdue": "red",
}


def print_status(console: Console, status: Status) -> None:
    """The province and every unit that has something wanting, the worst first."""
    province = status.province
    console.print(
        f"[bold]{status.period} 报送情况[/bold]  截止日 {_due(status)}\n应报 {province.expected}、"
        f"已接收 {province.accepted}、退回 {province.returned}、逾期未报 {province.overdue}"
        + (f"、免报 {province.exempt}" if province.exempt else "")
    )
    console.print(
        f"{province.unit_name}  完整率 {percent(province.completeness)}  按时率 {percent(province.on_time_rate)}"
    )
    console.print()
    console.print(_cities(status.cities))
    console.print()
    wanting = status.wanting()
    if not wanting:
        console.print("[green]没有欠报或退回的单位[/green]" if province.accepted else "尚无单位欠报")
        return
    owed = Counter(standing.unit_code for standing in status.standings)
    units = sorted(wanting.values(), key=lambda standings: (-len(standings), standings[0].unit_code))
    console.print(f"[bold]还缺报表的单位[/bold]({len(units)} 个)")
    console.print(_wanting(owed, units))


def print_unit(console: Console, status: Status, standings: Sequence[Standing]) -> None:
    """One unit, a row per dataset, and the submissions that stand for them."""
    console.print(Text(f"{standings[0].unit_name} {status.period} 报送情况", "bold"))
    flagged = any(standing.warnings or standing.waived for standing in standings)
    table = _table(
        "工作表", "状态", "截止日", "收到", "按时", "次数", *(("提示", "豁免") if flagged else ()), gap=1
    )
    for standing in standings:
        flags = (str(standing.warnings or "—"), str(standing.waived or "—"))
        table.add_row(
            standing.sheet,
            _state(standing),
            str(standing.due_on),
            _day(standing.received_at),
            {True: "是", False: "迟", None: "—"}[standing.on_time],
            str(standing.tries),
            *(flags if flagged else ()),
        )
    console.print(table)
    for submission_id in sorted({s.submission_id for s in standings if s.submission_id}):
        console.print(f"提交  {submission_id}")


def _due(status: Status) -> str:
    """The day of the calendar, and the latest to which anybody's period was reopened."""
    latest = max(standing.due_on for standing in status.standings)
    return str(status.due_on) if latest <= status.due_on else f"{status.due_on}(重新开放至 {latest})"


def percent(rate: Decimal | None) -> str:
    """A fraction of 1 to a tenth of a percent; nothing expected has no rate. Only what is whole is 100%."""
    if rate is None:
        return "—"
    shown = (rate * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if shown == 100 and rate < 1:
        shown = Decimal("99.9")
    return f"{shown.normalize():f}%"


def _cities(cities: Sequence[Completeness]) -> Table:
    table = _table("市", "应报", "接收", "退回", "逾期未报", "完整率", "按时率")
    for city in cities:
        table.add_row(
            Text(city.unit_name),
            *(str(count) for count in (city.expected, city.accepted, city.returned, city.overdue)),
            percent(city.completeness),
            percent(city.on_time_rate),
        )
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def _wanting(owed: Counter[str], units: Sequence[Sequence[Standing]]) -> Table:
    table = _table("单位", "所缺", "截止日", "已报次数")
    table.columns[1].overflow = "fold"
    for standings in units:
        for number, alike in enumerate(_by_state(standings)):
            table.add_row(
                Text(f"{alike[0].unit_name} {alike[0].unit_code}" if number == 0 else ""),
                Text.assemble(_state(alike[0]), " ", _sheets(alike, owed)),
                _days([standing.due_on for standing in alike]),
                str(max(standing.tries for standing in alike)),
            )
    return table


def _sheets(alike: Sequence[Standing], owed: Counter[str]) -> str:
    """The sheets by name, or all of them in a word."""
    if len(alike) == owed[alike[0].unit_code]:
        return f"全部{len(alike)}张表"
    return "、".join(standing.sheet for standing in alike)


def _by_state(standings: Sequence[Standing]) -> list[list[Standing]]:
    """Datasets of one unit that stand alike, each state once."""
    found: dict[str, list[Standing]] = {}
    for standing in standings:
        found.setdefault(_state(standing).plain, []).append(standing)
    return list(found.values())


def _state(standing: Standing) -> Text:
    words = standing.status_zh + (f"({standing.reason_zh})" if standing.reason_zh else "")
    return Text(words, style=_STYLES.get(standing.status, ""))


def _days(days: Sequence[date]) -> str:
    return "、".join(str(day) for day in sorted(set(days)))


def _day(moment: datetime | None) -> str:
    """The day where the bureau is: the same that decides whether it was on time."""
    return "—" if moment is None else f"{moment.replace(tzinfo=UTC).astimezone(SHANGHAI):%Y-%m-%d}"


def _table(*headings: str, gap: int = 2) -> Table:
    table = Table(box=None, padding=(0, gap, 0, 0), pad_edge=False)
    for heading in headings:
        table.add_column(heading, no_wrap=heading != "所缺")
    return table
