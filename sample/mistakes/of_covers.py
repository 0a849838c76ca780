"""Mistakes on 封面, and a workbook that is not this month's."""

from __future__ import annotations

from random import Random

from orchestration.layout import COVER_SHEET, EARLIER_VERSIONS
from sample.mistakes import edits
from sample.mistakes.book import Book
from sample.mistakes.kind import WHOLE, WORKBOOK, Apply, Kind, Touched
from sample.write.cells import Cell


def _cover_kind(
    key: str,
    name_zh: str,
    rules: str,
    apply: Apply,
    *,
    severity: str = "unreadable",
    scope: str = WHOLE,
) -> Kind:
    return Kind(
        key=key,
        name_zh=name_zh,
        category=edits.COVER,
        severity=severity,
        rules=frozenset(rules.split()),
        scope=scope,
        apply=apply,
    )


def _written(label: str, value: Cell) -> Apply:
    return lambda book, rng: Touched(COVER_SHEET, (book.cover(label, value),), f"封面写成“{value}”")


def _name_of_neighbour(book: Book, rng: Random) -> Touched:
    name = book.neighbour.name
    return Touched(COVER_SHEET, (book.cover("unit_name", name),), f"单位名称写成“{name}”,代码未改")


def _cover_gone(book: Book, rng: Random) -> Touched:
    book.grids.remove(book.grid(COVER_SHEET))
    return Touched("", (), "删去封面")


def _last_months(book: Book, rng: Random) -> Touched | None:
    """Last month's workbook; of the cover alone the period is this month's."""
    if book.earlier is None:
        return None
    book.grids[:] = book.earlier()
    book.cover("reporting_period", book.period.key)
    return Touched("", (), "上月的工作簿只改了封面上的报告期")


KINDS = (
    _cover_kind("cover_names_another_county", "单位代码与名称不一致", "C-MISMATCH", _name_of_neighbour),
    _cover_kind("cover_unit_unknown", "单位代码不在名录中", "C-UNIT", _written("unit_code", "999999")),
    _cover_kind(
        "cover_period_unreadable", "报告期无法识别", "C-PERIOD", _written("reporting_period", "八月底")
    ),
    _cover_kind(
        "cover_of_another_cadence", "报送周期与报告期不符", "C-CADENCE", _written("cadence", "周统计")
    ),
    _cover_kind("version_no_number", "版本号不是数字", "C-VERSION", _written("version", "最终稿")),
    _cover_kind("cover_deleted", "没有封面", "C-NOCOVER", _cover_gone),
    _cover_kind(
        "old_template",
        "用了旧版模板",
        "S-TEMPLATE",
        _written("template_version", next(iter(EARLIER_VERSIONS))),
        severity="warning",
        scope=WORKBOOK,
    ),
    _cover_kind(
        "workbook_of_last_month",
        "上月的工作簿只改了封面",
        "S-NOTE S-WORKBOOK",
        _last_months,
        severity="warning",
    ),
)
