"""What is to be said of a workbook as a whole: its template, whose form it is, sheets nobody asked for.

Pure: a workbook and what its cover declared in, findings out. Belongs here: everything that no single dataset
sheet shows. Does not belong here: the cover's own validity (receive), headers and rows (headers, extract).
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orchestration import layout
from orchestration.cards import Card, load_cards
from orchestration.land.extract import find_sheet, has_headers_of
from orchestration.land.finding import Finding
from orchestration.receive.cover import cover_values, named_unit, nil_names
from orchestration.receive.cover_period import CoverPeriodError, normalise_period
from orchestration.receive.readers.wanted import sheet_key
from orchestration.units import ReportingUnits, Unit
from orchestration.workbook import Sheet, Workbook, column_letter

NOTE_ROWS = 5  # the line under the title stands within these
NAMES_SHOWN = 10

_OWN_SHEETS = frozenset({layout.COVER_SHEET, layout.DICTIONARY_SHEET, layout.GUIDE_SHEET})
_HELPERS = re.compile(r"wpsreserved_|_xl", re.IGNORECASE)  # hidden sheets of the office programs themselves
_COPY = re.compile(r"(?:\(\d+\)|[-_]?副本(?:\(\d+\))?|[-_]?备份|[-_]?复制|\d+)+$")
_SENDERS = {"county": "县级", "province": "省局"}
_NOTE_UNIT = re.compile(r"(?:填报|填表|报送)单位:\s*([^\s:]+)")
_NOTE_PERIOD = re.compile(r"报告期:\s*(.+?)(?:\s{2,}|\s*(?:金额|计量|单位|填报|填表|审核|制表)|$)")


@dataclass(frozen=True, slots=True)
class Filed:
    """What the cover declared: who sends, for when, and which datasets that makes due (with: declared nil)."""

    unit: Unit
    reporting_period: str
    cadence: str
    datasets: tuple[tuple[str, bool], ...]


def workbook_findings(workbook: Workbook, filed: Filed, units: ReportingUnits) -> list[Finding]:
    """Everything to say of the workbook as a whole, in the order: template, form, nil returns, notes, extra
    sheets."""
    cards = load_cards()
    owed = [cards[dataset] for dataset, _ in filed.datasets]
    wrong_form = _form(workbook, filed)
    return [
        *_template(workbook),
        *wrong_form,
        *([] if wrong_form else _nil_returns(workbook, owed)),
        *_gathered([note for card in owed for note in _notes(workbook, card, filed, units)], workbook, owed),
        *([] if wrong_form else _extra_sheets(workbook, owed)),  # in a wrong form every sheet would be extra
    ]


def unexplained(findings: Iterable[Finding], of_workbook: Sequence[Finding]) -> tuple[Finding, ...]:
    """A sheet's findings without those that a finding of the workbook already explains: in a wrong workbook no
    missing sheet is news."""
    wrong = any(finding.rule_code == "S-WORKBOOK" for finding in of_workbook)
    return tuple(finding for finding in findings if not (wrong and finding.rule_code == "S-SHEET"))


def _template(workbook: Workbook) -> list[Finding]:
    values, cells = cover_values(workbook)
    if not values:
        return []
    version = values.get("template_version", "")
    now = layout.TEMPLATE_VERSION
    if _same_version(version, now):
        return []
    earlier = next((known for known in layout.EARLIER_VERSIONS if _same_version(version, known)), None)
    if earlier:
        expected = f"模板版本 {earlier} 已更新为 {now}:{layout.changes_since(earlier)}"
    elif version:
        expected = f"没有发过这个版本的模板;现行版本为 {now}"
    else:
        expected = f"封面没有写模板版本;现行版本为 {now}"
    cell = cells.get("template_version")
    return [Finding("S-TEMPLATE", version, expected, cell=cell, sheet=layout.COVER_SHEET)]


def _same_version(written: str, version: str) -> bool:
    """Whether a cover's text means this version, although a spreadsheet may have made a date of 2021-2."""
    return bool(written) and _version_key(written) == _version_key(version)


def _version_key(text: str) -> str:
    compact = "".join(text.split()).lower().removeprefix("v")
    return _period(compact, "month") or compact


def _form(workbook: Workbook, filed: Filed) -> list[Finding]:
    """S-WORKBOOK: none of the sheets due is there, or the sheets that are make up another form far better."""
    cards = load_cards()
    due = {dataset for dataset, nil in filed.datasets if not nil}
    present = {name for name, card in cards.items() if find_sheet(workbook, card.sheet)}
    own = present & due
    if not due or 2 * len(own) >= len(due):
        return []
    form = _other_form(present, due)
    if own and form is None:
        return []  # an incomplete workbook: each missing sheet is named
    named = f"看起来是{form}" if form else f"现有工作表:{_listed(workbook)}"
    expected = (
        f"封面填报的是{_form_name(filed.unit.kind, filed.cadence)},应有“{_first_sheets(due)}”等{len(due)}张表"
    )
    return [Finding("S-WORKBOOK", named, expected, sheet=layout.COVER_SHEET)]


def _other_form(present: set[str], due: set[str]) -> str | None:
    """The form of another sender or cadence that the sheets make up, at least half of it and nothing beside it."""
    cards = load_cards()
    fitting = []
    for kind in _SENDERS:
        for cadence in layout.CADENCE_NAMES:
            form = {name for name, card in cards.items() if card.owed_by(kind, cadence)}
            if form != due and present and present <= form and 2 * len(present) >= len(form):
                fitting.append((len(present) / len(form), _form_name(kind, cadence)))
    return max(fitting, default=(0, None))[1]


def _form_name(unit_kind: str, cadence: str) -> str:
    return f"{_SENDERS[unit_kind]}{layout.CADENCE_NAMES[cadence]}报表"


def _first_sheets(due: set[str]) -> str:
    names = [card.sheet for name, card in load_cards().items() if name in due]
    return "、".join(names[:3])


def _listed(workbook: Workbook) -> str:
    names = [sheet.name for sheet in workbook.sheets if not sheet.hidden]
    return "、".join(names[:NAMES_SHOWN]) + (f"等{len(names)}张" if len(names) > NAMES_SHOWN else "")


def _nil_returns(workbook: Workbook, owed: Sequence[Card]) -> list[Finding]:
    """S-NIL: 零报送 names what is no sheet that is due, so that nothing is declared by it."""
    values, cells = cover_values(workbook)
    due = {sheet_key(card.sheet): card.sheet for card in owed}
    unknown = [name for name in nil_names(values.get("nil_sheets", "")) if sheet_key(name) not in due]
    if not unknown:
        return []
    meant = [
        name for word in unknown for name in difflib.get_close_matches(word, due.values(), n=1, cutoff=0.5)
    ]
    asked = f",是否指“{'、'.join(dict.fromkeys(meant))}”" if meant else ""
    found = f"零报送栏写的是“{'、'.join(unknown[:NAMES_SHOWN])}”"
    expected = f"不是本单位应报的表名,未按零报送处理{asked}"
    return [Finding("S-NIL", found, expected, cell=cells.get("nil_sheets"), sheet=layout.COVER_SHEET)]


def _notes(workbook: Workbook, card: Card, filed: Filed, units: ReportingUnits) -> list[Finding]:
    """S-NOTE: the line under the title speaks of another unit or period than the cover."""
    sheet = find_sheet(workbook, card.sheet)
    if sheet is None:
        return []
    for row in range(1, NOTE_ROWS + 1):
        for index, text in enumerate(sheet.rows.get(row, [])):
            said, meant = _differences(text, filed, units)
            if said:
                cell = f"{column_letter(index)}{row}"
                found, expected = f"表内写的是{'、'.join(said)}", f"封面是{'、'.join(meant)}"
                return [Finding("S-NOTE", found, expected, row, None, cell, card.dataset, sheet.name)]
    return []


def _gathered(notes: Sequence[Finding], workbook: Workbook, owed: Sequence[Card]) -> list[Finding]:
    """What most sheets say alike against the cover is said once, of the cover: either it is wrong, or all of them."""
    alike = Counter((note.found, note.expected) for note in notes).most_common(1)
    if not alike or alike[0][1] < 2 or 2 * alike[0][1] <= len(owed):
        return list(notes)
    (found, expected), count = alike[0]
    _, cells = cover_values(workbook)
    named = [cells.get(key) for key in ("unit_code", "reporting_period")]
    once = Finding(
        "S-NOTE",
        f"{count}张{found}",
        f"{expected},先核对封面",
        cell=",".join(filter(None, named)) or None,
        sheet=layout.COVER_SHEET,
    )
    return [once, *(note for note in notes if (note.found, note.expected) != (found, expected))]


def _differences(text: str, filed: Filed, units: ReportingUnits) -> tuple[list[str], list[str]]:
    """What a note says otherwise than the cover, and what the cover says instead. A unit nobody knows (a town,
    an office) and a period nobody can read contradict nothing."""
    words = unicodedata.normalize("NFKC", text)
    said, meant = [], []
    if match := _NOTE_UNIT.search(words):
        unit = named_unit(match[1], units)
        if unit is not None and unit.code != filed.unit.code:
            said.append(unit.name)
            meant.append(filed.unit.name)
    if match := _NOTE_PERIOD.search(words):
        period = _period(match[1], filed.cadence)
        if period is not None and period != filed.reporting_period:
            said.append(period)
            meant.append(filed.reporting_period)
    return said, meant


def _period(text: str, cadence: str) -> str | None:
    try:
        return normalise_period(text, cadence)
    except CoverPeriodError:
        return None


def _extra_sheets(workbook: Workbook, owed: Sequence[Card]) -> list[Finding]:
    """S-EXTRASHEET, once for the workbook: sheets with content that are neither due nor the template's own."""
    read = {id(find_sheet(workbook, card.sheet)) for card in owed}
    extra = [
        sheet
        for sheet in workbook.sheets
        if id(sheet) not in read
        and sheet_key(sheet.name) not in _OWN_SHEETS
        and not (sheet.hidden and _HELPERS.match(sheet.name))
        and any(text.strip() for cells in sheet.rows.values() for text in cells)
    ]
    if not extra:
        return []
    present = {card.sheet for card in owed if find_sheet(workbook, card.sheet)}
    named = [_named(sheet, owed, present) for sheet in extra[:NAMES_SHOWN]]
    found = "、".join(named) + (f"等{len(extra)}张" if len(extra) > NAMES_SHOWN else "")
    return [Finding("S-EXTRASHEET", found, "不属于本单位本期应报的表,原样保留,不读入", sheet=extra[0].name)]


def _named(sheet: Sheet, owed: Sequence[Card], present: set[str]) -> str:
    """The sheet with what it probably is: a copy of one that is due, that one renamed, or one that others send."""
    name = sheet_key(sheet.name)
    others = {sheet_key(card.sheet): card for card in load_cards().values()}
    if name in others and others[name] not in owed:
        return f"“{sheet.name}”(由{_SENDERS.get(others[name].submitted_by, '其他单位')}报送)"
    base = _COPY.sub("", name)
    alike = next((card.sheet for card in owed if sheet_key(card.sheet) in (name, base)), None)
    alike = alike or next((card.sheet for card in owed if has_headers_of(sheet, card)), None)
    if alike is None:
        return f"“{sheet.name}”"
    copied = f"疑为“{alike}”的副本,只读入“{alike}”"
    return f"“{sheet.name}”({copied if alike in present else f'疑为“{alike}”,须改回表名才能读入'})"
