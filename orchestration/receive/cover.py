"""Reads 封面: which unit reports, for which period, in which version. Pure: a workbook in, a Cover out.

Belongs here: what a cover may say and what is wrong with it. Does not belong here: files, the other sheets.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from orchestration.layout import CADENCE_NAMES, COVER_LABELS, COVER_SHEET
from orchestration.periods import parse_period
from orchestration.receive.cover_period import CoverPeriodError, normalise_period
from orchestration.receive.readers.wanted import sheet_key
from orchestration.units import ReportingUnits, Unit
from orchestration.workbook import Sheet, Workbook, column_letter

_LABELS = {label: key for key, label in COVER_LABELS.items()}
_BLANK_WORDS = frozenset(["", "无", "没有", "否", "-", "—", "/", "0", "null", "none"])
_NIL_SEPARATORS = re.compile(r"[、,;，；\s]+")
_VERSION = re.compile(r"(?:第|v|version)?([0-9]{1,4})(?:\.0)?(?:版|次)?", re.IGNORECASE)
# How offices write themselves around the name of their county.
_OFFICE = re.compile(r"(?:乡村振兴局|扶贫开发局|扶贫开发办公室|扶贫办|农业农村局|人民政府)$")
FORMAT_NAMES = {
    "xlsx": "Excel 工作簿(.xlsx)",
    "xls": "Excel 97-2003 或 WPS 工作簿(.xls、.et)",
    "xlsb": "Excel 二进制工作簿(.xlsb)",
    "ods": "OpenDocument 电子表格(.ods)",
    "csv": "单个 CSV 文件",
    "csv_bundle": "CSV 文件压缩包",
}
TRAIT_NAMES = {"strict": "严格 OOXML 格式", "1904": "1904 日期系统"}
_SHEETS_NAMED = 5
# First characters by which people name a cadence: 周报, 月度, 季调度, 半年小结, 年终.
_CADENCES = {"周": "week", "月": "month", "季": "quarter", "半": "half_year", "年": "year"}


# Which fields of the cover a problem is about; C-TWICE says it itself.
_FIELDS = {
    "C-UNIT": ("unit_code",),
    "C-ENDED": ("unit_code", "reporting_period"),
    "C-MISMATCH": ("unit_code", "unit_name"),
    "C-CADENCE": ("cadence",),
    "C-PERIOD": ("reporting_period",),
    "C-FUTURE": ("reporting_period",),
    "C-VERSION": ("version",),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a cover: code and Chinese text, remedy included. ``about``: a field by its label's key."""

    code: str
    text_zh: str
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """What a cover says, as far as it could be understood. With problems it is no valid submission.

    ``cells``: the address of each value, by the keys of ``COVER_LABELS``, for words that point at the cover.
    """

    unit: Unit | None = None
    reporting_period: str | None = None
    cadence: str | None = None
    version: int | None = None
    nil_sheets: tuple[str, ...] = ()
    template_version: str | None = None
    problems: tuple[Problem, ...] = ()
    cells: dict[str, str] = field(default_factory=dict)

    def cells_of(self, problems: Iterable[Problem]) -> tuple[str, ...]:
        """The cells of 封面 that problems are about, each once."""
        fields = [name for p in problems for name in (_FIELDS.get(p.code) or filter(None, (p.about,)))]
        return tuple(dict.fromkeys(self.cells[name] for name in fields if name in self.cells))


def read_cover(workbook: Workbook, units: ReportingUnits) -> Cover:
    """Finds the labels anywhere on 封面. Raises nothing: what is wrong stands in ``problems``."""
    sheet = _cover_sheet(workbook)
    values, cells, twice = _values(sheet)
    if not values:
        return Cover(problems=(_no_cover(sheet, workbook),))
    problems = [
        Problem("C-TWICE", f"封面上“{COVER_LABELS[key]}”出现了两次而内容不同。请只保留一处。", key)
        for key in twice
    ]
    unit = _unit(values.get("unit_code", ""), values.get("unit_name", ""), units, problems)
    cadence = _cadence(values.get("cadence", ""), problems)
    period = _period(values.get("reporting_period", ""), cadence, problems)
    if unit is not None and period is not None:
        problems += _not_reporting(unit, period, units)
    return Cover(
        unit=unit,
        reporting_period=period,
        cadence=parse_period(period).cadence if period else cadence,
        version=_version(values.get("version", ""), problems),
        nil_sheets=nil_names(values.get("nil_sheets", "")),
        template_version=values.get("template_version") or None,
        problems=tuple(problems),
        cells=cells,
    )


def cover_values(workbook: Workbook) -> tuple[dict[str, str], dict[str, str]]:
    """What stands beside each label found on 封面, as written, and in which cell; both by ``COVER_LABELS`` key."""
    values, cells, _ = _values(_cover_sheet(workbook))
    return values, cells


def nil_names(text: str) -> tuple[str, ...]:
    """The sheets that a cover's 零报送 names, each once; words that say there are none name none."""
    if text.lower() in _BLANK_WORDS:
        return ()
    names = (name.strip("《》“”\"'。") for name in _NIL_SEPARATORS.split(text))
    return tuple(dict.fromkeys(filter(None, names)))


def named_unit(name: str, units: ReportingUnits) -> Unit | None:
    """The unit that goes by a name: in full, with its office behind it, or without 县 or 区; None if none does."""
    unit = _by_name(name, units)
    return unit or next((county for county in units.counties if _short_for(name, county)), None)


def _cover_sheet(workbook: Workbook) -> Sheet | None:
    return next((sheet for sheet in workbook.sheets if sheet_key(sheet.name) == COVER_SHEET), None)


def _no_cover(sheet: Sheet | None, workbook: Workbook) -> Problem:
    found = "“封面”工作表里没有报送单位和报告期" if sheet else "工作簿里没有“封面”工作表"
    return Problem(
        "C-NOCOVER",
        f"{found},不能识别是哪个单位、哪一期的报表。文件是{_what_it_is(workbook)}。请使用下发的报送模板填报。",
    )


def _what_it_is(workbook: Workbook) -> str:
    """The file in words, for a sender who may have picked the wrong one."""
    kind = "、".join([FORMAT_NAMES[workbook.format], *(TRAIT_NAMES[trait] for trait in workbook.traits)])
    names = [sheet.name for sheet in workbook.sheets if not sheet.hidden]
    listed = "、".join(f"“{name}”" for name in names[:_SHEETS_NAMED])
    more = f"等{len(names)}张" if len(names) > _SHEETS_NAMED else ""
    return f"{kind},可见的工作表有{listed}{more}" if names else f"{kind},没有可见的工作表"


def _values(sheet: Sheet | None) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """The value of each label found, its cell, and the labels found twice with different values."""
    values: dict[str, str] = {}
    places: dict[str, str] = {}
    twice: list[str] = []
    for number, row in sheet.rows.items() if sheet else ():
        cells = [_plain(cell) for cell in row]
        for index, cell in enumerate(cells):
            label, _, same_cell = cell.partition(":")
            key = _LABELS.get("".join(label.split()))
            if key is None:
                continue
            value, place = (same_cell.strip(), index) if same_cell.strip() else _right_of(cells, index)
            if values.get(key) and value and values[key] != value:
                twice.append(key)
            if not values.get(key):
                values[key], places[key] = value, f"{column_letter(place)}{number}"
    return values, places, twice


def _right_of(cells: list[str], index: int) -> tuple[str, int]:
    """The next cell with text and its column, unless that is another label: then the value was left empty."""
    place = next((place for place in range(index + 1, len(cells)) if cells[place]), None)
    if place is None or "".join(cells[place].rstrip(":").split()) in _LABELS:
        return "", index + 1
    return cells[place], place


def _plain(text: str) -> str:
    """Full-width digits, colons and blanks made half-width, outer blanks cut."""
    return unicodedata.normalize("NFKC", text).strip()


def _unit(code: str, name: str, units: ReportingUnits, problems: list[Problem]) -> Unit | None:
    by_code, by_name = units.by_code(code), _by_name(name, units)
    unit = by_code or (by_name if not code else None)
    if unit is None or unit.kind == "city":
        what = f"上的报送单位代码“{code}”" if code else f"上的报送单位名称“{name}”"
        reason = "不在本省报送单位名录中" if unit is None else "是市级,不是报送单位"
        said = f"{what}{reason}" if code or name else "没有填写报送单位代码和名称"
        problems.append(Problem("C-UNIT", f"封面{said}。请填写六位行政区划代码,如 611024。"))
        return None
    if name and by_name != unit and not _short_for(name, unit):
        said = f"是{by_name.name}的名称" if by_name else "不在名录中"
        problems.append(
            Problem(
                "C-MISMATCH",
                f"封面上的单位代码 {code} 是{unit.name},而单位名称“{name}”{said},两者不一致。请核对后只报一个单位。",
            )
        )
    return unit


def _not_reporting(unit: Unit, period: str, units: ReportingUnits) -> list[Problem]:
    """A unit that had ended by then, or did not exist yet: who reports instead is said."""
    reason = units.not_reporting(unit, f"{parse_period(period).end:%Y-%m}")
    if reason is None:
        return []
    return [Problem("C-ENDED", f"封面填的是{unit.name} {period}:{reason}。请按当期报送的单位填报。")]


def _by_name(name: str, units: ReportingUnits) -> Unit | None:
    """By name, with or without the province before it and the office behind it."""
    compact = "".join(name.split())
    county = _OFFICE.sub("", compact)
    bare = county.removeprefix(units.province.name)
    return next(filter(None, (units.by_name(form) for form in (compact, county, bare) if form)), None)


def _short_for(name: str, unit: Unit) -> bool:
    """山阳 for 山阳县, or the bureau under a name of its own."""
    compact = _OFFICE.sub("", "".join(name.split()))
    return len(compact) > 1 and (unit.name.startswith(compact) or compact.endswith(unit.name))


def _cadence(text: str, problems: list[Problem]) -> str | None:
    """The cadence meant; None when the cover leaves it to the period."""
    if not text:
        return None
    cadence = text if text in CADENCE_NAMES else _CADENCES.get(text[0])
    if cadence is None:
        names = "、".join(CADENCE_NAMES.values())
        problems.append(Problem("C-CADENCE", f"封面上的报送周期“{text}”无法识别。请填写:{names}。"))
    return cadence


def _period(text: str, cadence: str | None, problems: list[Problem]) -> str | None:
    try:
        period = normalise_period(text, cadence)
    except CoverPeriodError as error:
        problems.append(Problem("C-PERIOD", str(error)))
        return None
    found = parse_period(period).cadence
    if cadence is not None and found != cadence:
        problems.append(
            Problem(
                "C-CADENCE",
                f"封面上的报告期“{text}”属于{CADENCE_NAMES[found]},而报送周期填的是{CADENCE_NAMES[cadence]}。请核对。",
            )
        )
    return period


def _version(text: str, problems: list[Problem]) -> int | None:
    """The version; a blank one is the first."""
    if not text:
        return 1
    match = _VERSION.fullmatch("".join(text.split()))
    if match is None or int(match.group(1)) < 1:
        problems.append(
            Problem("C-VERSION", f"封面上的版本号“{text}”不是正整数。首次报送填 1,更正重报依次加 1。")
        )
        return None
    return int(match.group(1))
