"""The template as a whole: its sheets in order, the lists behind the drop-downs, what the file says of itself.

Belongs here: which sheets there are. Does not belong here: what stands on them (cover, guide, sheets).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter
from xlsxwriter.workbook import Workbook

from orchestration import layout
from orchestration.cards import Card
from orchestration.files import open_as_its_folder
from orchestration.periods import parse_period
from orchestration.receive.template.carry import Carried
from orchestration.receive.template.cover import write_cover
from orchestration.receive.template.form import Form
from orchestration.receive.template.guide import write_guide
from orchestration.receive.template.limits import choices
from orchestration.receive.template.sheets import STATED_TOTALS, write_dataset
from orchestration.receive.template.styles import styles_of
from orchestration.units import Unit
from orchestration.workbook import column_letter


def write_template(
    unit: Unit, period: str, path: Path, cards: Mapping[str, Card], carried: Carried | None = None
) -> Path:
    """Writes the .xlsx of a unit and period: prefilled locked cover, how to fill it in, one sheet per dataset the unit
    owes at that cadence, 汇总表 with its indicators; blank, or with the registers ``carried`` over.

    Raises ValueError for a text that is no period.
    """
    parsed = parse_period(period)
    owed = [card.of(parsed.key) for card in cards.values() if card.owed_by(unit.kind, parsed.cadence)]
    owed.sort(key=lambda card: card.dataset == STATED_TOTALS)
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path)) as workbook:
        _describe(workbook, unit, parsed.key)
        cover, guide = (workbook.add_worksheet(name) for name in (layout.COVER_SHEET, layout.GUIDE_SHEET))
        sheets = [workbook.add_worksheet(card.sheet) for card in owed]
        form = Form(unit, parsed, styles_of(workbook), _dictionary(workbook, owed), carried)
        write_cover(cover, form)
        write_guide(guide, form, owed)
        for card, sheet in zip(owed, sheets, strict=True):
            write_dataset(sheet, form, card)
    if carried is None:
        open_as_its_folder(path)  # what is carried over is personal
    return path


def _describe(workbook: Workbook, unit: Unit, period: str) -> None:
    """What the file says of itself, whatever becomes of its name and its cover."""
    workbook.set_properties(
        {
            "title": f"{unit.name} {period} 乡村振兴统计报表",
            "subject": f"模板版本 {layout.TEMPLATE_VERSION}",
            "company": unit.name,
        }
    )
    workbook.set_custom_property("模板版本", layout.TEMPLATE_VERSION, "text")
    workbook.set_custom_property("报送单位代码", unit.code, "text")
    workbook.set_custom_property("报告期", period, "text")


def _dictionary(workbook: Workbook, cards: Sequence[Card]) -> dict[tuple[str, ...], str]:
    """The hidden sheet of lists, one a column, and the cell range of each list."""
    sheet = workbook.add_worksheet(layout.DICTIONARY_SHEET)
    columns = [column for card in cards for column in card.sheet_columns]
    ranges: dict[tuple[str, ...], str] = {}
    for values in dict.fromkeys(filter(None, map(choices, columns))):
        letter = column_letter(len(ranges))
        sheet.write_column(0, len(ranges), values)
        ranges[values] = f"={layout.DICTIONARY_SHEET}!${letter}$1:${letter}${len(values)}"
    sheet.hide()
    return ranges
