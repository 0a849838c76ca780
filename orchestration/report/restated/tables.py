"""The tables of a notice: every figure that was restated, level by level, and those that are printed as before.

Belongs here: rows and columns. Does not belong here: words for one figure (``saying``), and how a table looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from orchestration.report.bulletin.pieces import Pieces, Table
from orchestration.report.restated.found import LEVELS, Restated, Restatement
from orchestration.report.restated.saying import (
    lines_of,
    say_before,
    say_carriers,
    say_difference,
    say_now,
    say_periods,
    say_value,
)
from orchestration.units import ReportingUnits

LEVEL_NAMES = {"province": "全省", "city": "各市", "county": "各县（区）"}


def tables(restatement: Restatement, units: ReportingUnits) -> Iterator[Table]:
    for level in LEVELS:
        if figures := restatement.of_level(level):
            unsent = "算法、规则或审定" if restatement.publication.puts_back is None else "恢复旧发布"
            rows = tuple(_row(line, units, unsent, named=level != "province") for line in lines_of(figures))
            yield _table(f"更正的{LEVEL_NAMES[level]}数据", rows, named=level != "province")
    if alike := restatement.printed_alike:
        yield Table(
            "印发数不变的数据",
            ("单位", "报告期", "指标", "印发数", "原精确值", "现精确值", "差额", "涉及单位", "指标键"),
            tuple(_alike_row(line) for line in lines_of(alike)),
            (1.9, 3.2, 3.6, 2.2, 2.6, 2.6, 2.2, 2.4, 4.6),
            frozenset((3, 4, 5, 6)),
        )


_HEADER = ("报告期", "指标", "原公布", "更正后", "差额", "原因", "涉及单位", "载于", "指标键")
_WIDTHS = (3.2, 3.4, 2.0, 2.0, 2.0, 1.8, 2.2, 4.6, 4.6)


def _table(title: str, rows: tuple[tuple[Pieces, ...], ...], *, named: bool) -> Table:
    header, widths, numbers = _HEADER, _WIDTHS, {2, 3, 4}
    if named:
        header, widths, numbers = ("单位", *header), (1.9, *widths), {3, 4, 5}
    return Table(title, header, rows, widths, frozenset(numbers))


def _row(line: Sequence[Restated], units: ReportingUnits, unsent: str, *, named: bool) -> tuple[Pieces, ...]:
    figure = line[0]
    carriers = sorted({carrier for each in line for carrier in each.carried_by})
    cells: tuple[Pieces, ...] = (
        (say_periods(line),),
        (figure.label,),
        (say_before(figure),),
        (say_now(figure),),
        (say_difference(figure),),
        (figure.reason if figure.submissions else unsent,),
        (figure.senders or "—",),
        (say_carriers(carriers, units),),
        (figure.figure_key,),
    )
    return ((figure.unit_name,), *cells) if named else cells


def _alike_row(line: Sequence[Restated]) -> tuple[Pieces, ...]:
    figure = line[0]
    return (
        (figure.unit_name,),
        (say_periods(line),),
        (figure.label,),
        (say_now(figure),),
        (say_value(figure.before, figure.unit),),
        (say_value(figure.after, figure.unit),),
        (say_difference(figure),),
        (figure.senders or "—",),
        (figure.figure_key,),
    )
