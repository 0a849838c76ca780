"""Files for the tests of receiving: workbooks with a cover, zips made by hand, functions for guarded workers."""

from __future__ import annotations

import os
import time
import zipfile
from pathlib import Path

import xlsxwriter

from orchestration.home import DBT_PROJECT, Home
from orchestration.layout import COVER_LABELS, COVER_SHEET
from orchestration.receive.readers import UnreadableFile
from orchestration.units import ReportingUnits
from orchestration.workbook import Sheet, Workbook

ODD_WORKBOOKS = Path(__file__).parent / "odd_workbooks"
UNITS = ReportingUnits(DBT_PROJECT / "seeds" / "counties.csv")
GOOD_COVER = {
    "unit_code": "611024",
    "unit_name": "山阳县",
    "reporting_period": "2021-08",
    "cadence": "月通报",
    "version": "1",
    "nil_sheets": "",
    "template_version": "2021-1",
}
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def cover_workbook(**values: str) -> Workbook:
    """A workbook whose cover says what a good one says, but for ``values`` (keys of COVER_LABELS)."""
    said = {**GOOD_COVER, **values}
    rows = {number: [COVER_LABELS[key], said[key]] for number, key in enumerate(said, 3)}
    return Workbook("xlsx", [Sheet(COVER_SHEET, {1: ["县级统计报表"], **rows})])


def write_submission(path: Path, note: str = "", **values: str) -> Path:
    """A real .xlsx with that cover and a sheet that holds ``note``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path)) as book:
        cover = book.add_worksheet(COVER_SHEET)
        for row, (key, value) in enumerate({**GOOD_COVER, **values}.items(), 2):
            cover.write_string(row, 0, COVER_LABELS[key])
            if value:
                cover.write_string(row, 1, value)
        book.add_worksheet("项目库").write_string(0, 0, note)
    return path


def write_zip(path: Path, parts: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def xlsx_parts(sheet_xml: str | bytes, *, strings: str = "", styles: str = "", properties: str = "") -> dict:
    """The smallest .xlsx around one sheet; ``strings`` and ``styles`` are the inside of their parts."""
    related = "".join(
        f'<Relationship Id="r{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(
            [
                ("worksheet", "worksheets/sheet1.xml"),
                ("sharedStrings", "sharedStrings.xml"),
                ("styles", "styles.xml"),
            ]
        )
    )
    return {
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r" Type="{_OFFICE}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{properties}<sheets>'
        '<sheet name="表" sheetId="1" r:id="r0"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{related}</Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{strings}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">{styles}</styleSheet>',
        "xl/worksheets/sheet1.xml": sheet_xml,
    }


def worksheet(rows: str, *, before: str = "", after: str = "") -> str:
    return f'<worksheet xmlns="{_MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def files_under(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def inbox_of(home: Home) -> Path:
    home.inbox.mkdir(parents=True, exist_ok=True)
    return home.inbox


# What a guarded worker is asked to do; workers find these functions by name.


def behave(item: object) -> object:
    """Does what the item says: answers, or ruins its process in one of the known ways."""
    if item == "abort":
        os.abort()
    elif item == "kill":
        os.kill(os.getpid(), 9)
    elif item == "hang":
        time.sleep(3600)
    elif item == "swallow":
        hoard = []
        while True:
            hoard.append(bytearray(2**24))
    elif item == "panic":
        raise _Panic("a cell with personal data")
    elif item == "unreadable":
        raise UnreadableFile("U-PDF")
    elif item == "fail":
        raise ValueError("a cell with personal data")
    elif item == "unpicklable":
        return lambda: None
    elif item == "exit":
        raise SystemExit(3)
    return ("answered", item, os.getpid())


def leak(item: int) -> int:
    """Leaks a sixth of 512 MB each time: alone every item fits, together they do not."""
    _LEAKED.append(bytearray(85 * 2**20))
    return item


def big(size: int) -> bytes:
    return b"x" * size


class _Panic(BaseException):
    """As a reader written in Rust panics."""


_LEAKED: list[bytearray] = []
