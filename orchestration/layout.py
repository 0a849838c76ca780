"""How a workbook is laid out: the facts that whoever writes a workbook and whoever reads one must agree on.

Belongs here: sheet and label names, row positions, the words that mark a row as no data. Does not belong
here: reading, writing or styling cells.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.cards import UNIT_FACTORS, Card
from orchestration.indicators import Indicator

COVER_SHEET = "封面"
DICTIONARY_SHEET = "字典"  # hidden; the lists behind the drop-downs
GUIDE_SHEET = "填表说明"
TEMPLATE_VERSION = "2021-2"
# Versions that counties may still use, with what the next one changed.
EARLIER_VERSIONS = {
    "2021-1": "增加了填表说明、日期和年月的填写限制,可带出上期台账;列和表名没有变化",
}

COVER_FIRST_ROW = 3  # row 1 is the title, row 2 stays empty
COVER_LABELS = {
    "unit_code": "报送单位代码",
    "unit_name": "报送单位名称",
    "reporting_period": "报告期",
    "cadence": "报送周期",
    "version": "版本号",
    "filled_by": "填报人",
    "reviewed_by": "审核人",
    "filled_on": "填报日期",
    "nil_sheets": "零报送",
    "template_version": "模板版本",
}
CADENCE_NAMES = {
    "week": "周统计",
    "month": "月通报",
    "quarter": "季调度",
    "half_year": "半年小结",
    "year": "年度总结",
}
NIL_SEPARATOR = "、"

TITLE_ROW = 1
UNIT_NOTE_ROW = 2
NOTE_PREFIXES = ("注", "说明", "填报人", "填报单位", "填表人", "备注", "审核人", "制表人")
TOTAL_WORDS = ("合计", "总计", "小计", "共计", "本页合计", "本页小计", "本表合计")


@dataclass(frozen=True, slots=True)
class HeaderRows:
    """Rows (1-based) of a dataset sheet. ``group`` is None when the card groups no columns."""

    title: int
    unit_note: int
    group: int | None
    header: int
    first_data: int


def changes_since(version: str) -> str:
    """What the templates after this earlier version changed."""
    versions = list(EARLIER_VERSIONS)
    return ";".join(EARLIER_VERSIONS[later] for later in versions[versions.index(version) :])


def header_rows(card: Card) -> HeaderRows:
    """Where a sheet written from this card has its title, unit note, group headers, headers and data."""
    grouped = any(column.group for column in card.sheet_columns)
    group = UNIT_NOTE_ROW + 1 if grouped else None
    header = UNIT_NOTE_ROW + (2 if grouped else 1)
    return HeaderRows(TITLE_ROW, UNIT_NOTE_ROW, group, header, header + 1)


def group_spans(card: Card) -> list[tuple[str | None, int, int]]:
    """Runs of neighbouring sheet columns of one group: (group or None, first, last), 0-based columns."""
    spans: list[tuple[str | None, int, int]] = []
    for index, column in enumerate(card.sheet_columns):
        if spans and spans[-1][0] == column.group:
            spans[-1] = (column.group, spans[-1][1], index)
        else:
            spans.append((column.group, index, index))
    return spans


def unit_note(unit_name: str, reporting_period: str) -> str:
    """The line under the title: ``填报单位:山阳县  报告期:2021-08  金额单位见表头``."""
    return f"填报单位:{unit_name}  报告期:{reporting_period}  金额单位见表头"


def stated_indicators(indicators: dict[str, Indicator], unit_kind: str, cadence: str) -> list[Indicator]:
    """The indicators a unit of this kind states on 汇总表; a weekly workbook carries one register alone."""
    return [
        indicator
        for indicator in indicators.values()
        if unit_kind in indicator.stated_by and (cadence != "week" or "week" in indicator.cadences)
    ]


def stated_unit(indicator: Indicator, unit_kind: str) -> tuple[str, int]:
    """The unit and decimals a unit states an indicator in. A county's figures would vanish in the article's
    万户 and 亿元, so a county states counts exactly and money in 万元."""
    if indicator.unit == "1":
        return "%", indicator.decimals
    if unit_kind == "county":
        return ("万元", 2) if indicator.unit == "元" else (indicator.unit, 0)
    unit = f"{indicator.scale}{indicator.unit}"
    return (unit, indicator.decimals) if unit in UNIT_FACTORS else (indicator.unit, 0)
