"""What fuzzing found, as small as it could be made: a worksheet or the shared strings of a workbook of one sheet.

Each file of ``cases`` is one part; its name says what is odd about it. Belongs here: making a workbook of it.
"""

from __future__ import annotations

from pathlib import Path

from fuzz.packages import packed

FOLDER = Path(__file__).with_name("cases")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET = f'<worksheet xmlns="{_MAIN}"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row></sheetData></worksheet>'
_STRINGS = f'<sst xmlns="{_MAIN}"><si><t>甲</t></si><si><t>乙</t></si></sst>'


def workbook_of(case: Path) -> bytes:
    """A workbook with this part, and all else as it should be."""
    part = case.read_text(encoding="utf-8")
    is_sheet = "<worksheet" in part
    return packed(
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
            f'<Override PartName="/xl/sheet.xml" ContentType="{_TYPES}.worksheet+xml"/>'
            f'<Override PartName="/xl/strings.xml" ContentType="{_TYPES}.sharedStrings+xml"/></Types>'.encode(),
            "_rels/.rels": _relationships(("officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>'.encode(),
            "xl/_rels/workbook.xml.rels": _relationships(
                ("worksheet", "sheet.xml"), ("sharedStrings", "strings.xml")
            ),
            "xl/sheet.xml": (part if is_sheet else _SHEET).encode(),
            "xl/strings.xml": (_STRINGS if is_sheet else part).encode(),
        }
    )


def _relationships(*targets: tuple[str, str]) -> bytes:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'.encode()
