"""The look of the template: every cell format, once. Belongs here: colours, borders and number formats alone."""

from __future__ import annotations

from dataclasses import dataclass

from xlsxwriter.workbook import Format, Workbook

from orchestration.cards import Column

FONT = "微软雅黑"
REQUIRED_COLOUR = "#FFF3C4"
MISSING_COLOUR = "#FFD6D6"  # a required cell still empty in a row that has begun


@dataclass(frozen=True, slots=True)
class Styles:
    """Cell formats. ``entry``: of cells to fill in, with their lines; ``column``: of whole columns, without."""

    title: Format
    note: Format
    group: Format
    header: Format
    required: Format
    label: Format
    fixed: Format
    cover_fixed: Format
    cover_entry: Format
    heading: Format
    words: Format
    missing: Format
    entry: dict[str, Format]
    column: dict[str, Format]

    def entry_of(self, column: Column) -> Format:
        return self.entry[_kind(column)]

    def column_of(self, column: Column) -> Format:
        return self.column[_kind(column)]


_NUMBER_FORMATS = {
    "text": "@",
    "integer": "#,##0",
    "plain": "0",  # a year takes no separator
    "decimal": "#,##0.00####",
    "date": "yyyy-mm-dd",
}


def styles_of(workbook: Workbook) -> Styles:
    """Adds the formats to a workbook."""
    base = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
    edge = {"border": 1, "border_color": "#9AA5B1"}
    head = {**base, **edge, "bold": True, "align": "center", "text_wrap": True}
    hair = {"border": 1, "border_color": "#CBD2D9"}

    def add(**properties: object) -> Format:
        return workbook.add_format({**base, **properties})

    return Styles(
        title=add(bold=True, font_size=16, align="center"),
        note=add(font_color="#52606D", font_size=9),
        group=add(**{**head, "bg_color": "#D9E2EC"}),
        header=add(**{**head, "bg_color": "#F0F4F8"}),
        required=add(**{**head, "bg_color": REQUIRED_COLOUR}),
        label=add(**edge, bold=True, bg_color="#F0F4F8", indent=1),
        fixed=add(**hair, num_format="@", bg_color="#E4E7EB", text_wrap=True),
        cover_fixed=add(**edge, num_format="@", bg_color="#E4E7EB", font_size=11, indent=1),
        cover_entry=add(**edge, num_format="@", locked=False, font_size=11, indent=1, text_wrap=True),
        heading=add(bold=True, font_size=12, font_color="#243B53"),
        words=add(**hair, text_wrap=True, indent=1),
        missing=workbook.add_format({"bg_color": MISSING_COLOUR}),
        # A text beside a right-aligned number would touch it.
        entry={
            kind: add(**hair, num_format=form, locked=False, indent=int(kind == "text"))
            for kind, form in _NUMBER_FORMATS.items()
        },
        column={kind: add(num_format=form, locked=False) for kind, form in _NUMBER_FORMATS.items()},
    )


def _kind(column: Column) -> str:
    if column.data_type in ("integer", "bigint"):
        return "integer" if column.unit else "plain"
    if column.data_type.startswith("decimal"):
        return "decimal"
    return "date" if column.data_type == "date" else "text"
