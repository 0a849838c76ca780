"""One workbook in the other formats in which it may come back: saved by LibreOffice where it can, else made here.

Belongs here: writers of formats for tests. Does not belong here: what a workbook means.
"""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

import openpyxl
from openpyxl.cell import Cell
from openpyxl.utils.datetime import CALENDAR_MAC_1904, to_excel
from openpyxl.worksheet.worksheet import Worksheet

_STRICT = (
    (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    ),
    (
        b"http://schemas.openxmlformats.org/officeDocument/2006/",
        b"http://purl.oclc.org/ooxml/officeDocument/",
    ),
    (b"http://schemas.openxmlformats.org/drawingml/2006/main", b"http://purl.oclc.org/ooxml/drawingml/main"),
)
# Field and text delimiter, UTF-8, from the first line, cells as shown, every sheet into a file of its own.
_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
_SECONDS = 180
_XLSB_ERRORS = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}


def soffice_convert(source: Path, to: str, folder: Path) -> Path:
    """Converts a file by LibreOffice into ``folder``. ``to`` is an extension, with a filter behind a colon if need be
    (``xls:MS Excel 97``). Fails with all LibreOffice said when there is no result."""
    (made,) = soffice_convert_all([source], to, folder)
    return made


def soffice_convert_all(sources: Sequence[Path], to: str, folder: Path) -> list[Path]:
    """The same for several files at once: starting LibreOffice takes longer than a file."""
    made = [folder / f"{source.stem}.{to.partition(':')[0]}" for source in sources]
    said = _soffice(sources, to, folder)
    assert all(path.exists() for path in made), f"soffice --convert-to {to}\n{said}"
    return made


def _soffice(sources: Sequence[Path], to: str, folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    options = [f"-env:UserInstallation=file://{_profile().name}", "--headless", "--norestore"]
    command = ["soffice", *options, "--convert-to", to, "--outdir", str(folder), *map(str, sources)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)
    return done.stdout + done.stderr


@cache
def _profile() -> tempfile.TemporaryDirectory:
    """A profile of LibreOffice's own for this process: the user's may be in use, and then nothing is converted."""
    return tempfile.TemporaryDirectory(prefix="soffice-")


def as_et(xls: Path, folder: Path) -> Path:
    """WPS's own format has the bytes of Excel 97."""
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(xls, folder / f"{xls.stem}.et"))


def csv_bundle(source: Path, folder: Path, encoding: str) -> Path:
    """A zip with what "save as CSV" gives of each sheet, in this encoding."""
    with tempfile.TemporaryDirectory() as name:
        said = _soffice([source], _CSV, Path(name))
        files = sorted(Path(name).iterdir())
        assert files, said
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{source.stem}-{encoding}.zip"
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
            for file in files:
                sheet = file.name.removeprefix(f"{source.stem}-")
                bundle.writestr(sheet, file.read_text(encoding="utf-8").encode(encoding))
    return target


def dates_since_1904(source: Path, folder: Path) -> Path:
    """The same days counted from 1904, as Excel for the Mac did."""
    book = openpyxl.load_workbook(source, data_only=True)
    book.epoch = CALENDAR_MAC_1904
    return _saved(book, source, folder, "1904")


def strict_ooxml(source: Path, folder: Path) -> Path:
    """As Excel saves "Strict Open XML": other namespaces, days as ISO 8601."""
    book = openpyxl.load_workbook(source, data_only=True)
    book.iso_dates = True
    transitional = _saved(book, source, folder, "iso")
    strict = folder / f"{source.stem}-strict.xlsx"
    with zipfile.ZipFile(transitional) as read, zipfile.ZipFile(strict, "w", zipfile.ZIP_DEFLATED) as written:
        for name in read.namelist():
            content = read.read(name)
            for before, after in _STRICT:
                content = content.replace(before, after)
            if name == "xl/workbook.xml":
                content = re.sub(rb"<workbook ", b'<workbook conformance="strict" ', content, count=1)
            written.writestr(name, content)
    return strict


def _saved(book: openpyxl.Workbook, source: Path, folder: Path, word: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{source.stem}-{word}.xlsx"
    book.save(target)
    return target


def xlsb(source: Path, folder: Path) -> Path:
    """A binary workbook with the values, number formats, merges and hidden sheets of an .xlsx. No program on a usual
    test machine writes the format, so its records are put together here, as [MS-XLSB] has them."""
    book = openpyxl.load_workbook(source, data_only=True)
    formats = sorted({cell.number_format for sheet in book for row in sheet.iter_rows() for cell in row})
    strings: dict[str, int] = {}
    parts = {
        f"xl/worksheets/sheet{number}.bin": _xlsb_sheet(sheet, formats, strings)
        for number, sheet in enumerate(book.worksheets, 1)
    }
    outline = b"".join(
        _record(156, struct.pack("<II", 0 if sheet.sheet_state == "visible" else 1, number) + _wide(f"rId{number}")
                + _wide(sheet.title))
        for number, sheet in enumerate(book.worksheets, 1)
    )  # fmt: skip
    parts["xl/workbook.bin"] = (
        _record(131) + _record(153, struct.pack("<II", 0, 0) + _wide("")) + _record(143) + outline + _record(144)
        + _record(132)
    )  # fmt: skip
    items = b"".join(_record(19, b"\0" + _wide(text)) for text in strings)
    parts["xl/sharedStrings.bin"] = (
        _record(159, struct.pack("<II", len(strings), len(strings))) + items + _record(160)
    )
    parts["xl/styles.bin"] = _xlsb_styles(formats)
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    targets = [
        (f"rId{n}", "worksheet", f"worksheets/sheet{n}.bin") for n in range(1, len(book.worksheets) + 1)
    ]
    targets += [("rIdS", "styles", "styles.bin"), ("rIdT", "sharedStrings", "sharedStrings.bin")]
    parts["xl/_rels/workbook.bin.rels"] = _relationships(office, targets)
    parts["_rels/.rels"] = _relationships(office, [("rId1", "officeDocument", "xl/workbook.bin")])
    kinds = {
        "workbook": "sheet.binary.macroEnabled.main",
        "styles": "styles",
        "sharedStrings": "sharedStrings",
    }
    types = [(f"/xl/{name}.bin", f"application/vnd.ms-excel.{kind}") for name, kind in kinds.items()]
    types += [(f"/{name}", "application/vnd.ms-excel.worksheet") for name in parts if "worksheets" in name]
    parts["[Content_Types].xml"] = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in types)
        + "</Types>"
    ).encode()
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{source.stem}.xlsb"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target


def _relationships(office: str, targets: list[tuple[str, str, str]]) -> bytes:
    listed = "".join(
        f'<Relationship Id="{i}" Type="{office}/{kind}" Target="{t}"/>' for i, kind, t in targets
    )
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{namespace}">{listed}</Relationships>'.encode()


def _record(kind: int, content: bytes = b"") -> bytes:
    """Type and length are written in groups of seven bits."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = len(content)
    while True:
        head += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            return head + content


def _wide(text: str) -> bytes:
    encoded = text.encode("utf-16-le")
    return struct.pack("<I", len(encoded) // 2) + encoded


def _xlsb_styles(formats: list[str]) -> bytes:
    codes = b"".join(
        _record(44, struct.pack("<H", 164 + number) + _wide(code)) for number, code in enumerate(formats)
    )
    font = _record(
        43, struct.pack("<HHHHBBBB", 220, 0, 400, 0, 0, 2, 134, 0) + b"\1\0\0\0\0\0\0\xff\0" + _wide("宋体")
    )
    fill = _record(45, struct.pack("<I", 0) + b"\0" * 64)
    border = _record(46, b"\0" * 51)
    style = struct.pack("<HHHHBBBBH", 0xFFFF, 0, 0, 0, 0, 0, 0, 0, 0)[:16].ljust(16, b"\0")
    used = b"".join(
        _record(47, struct.pack("<HH", 0, 164 + number) + style[4:]) for number in range(len(formats))
    )

    def listed(begin: int, count: int, content: bytes) -> bytes:
        return _record(begin, struct.pack("<I", count)) + content + _record(begin + 1)

    return (
        _record(278)
        + listed(615, len(formats), codes)
        + listed(611, 1, font)
        + listed(603, 1, fill)
        + listed(613, 1, border)
        + listed(626, 1, _record(47, style))
        + listed(617, len(formats), used)
        + _record(279)
    )


def _xlsb_sheet(sheet: Worksheet, formats: list[str], strings: dict[str, int]) -> bytes:
    rows = []
    for cells in sheet.iter_rows():
        written = b"".join(_xlsb_cell(cell, formats, strings) for cell in cells if cell.value is not None)
        if written:
            hidden = 0x10 if sheet.row_dimensions[cells[0].row].hidden else 0
            head = struct.pack("<IIHBBB", cells[0].row - 1, 0, 300, 0, hidden, 0)
            rows.append(_record(0, head + struct.pack("<I", 0)) + written)
    merges = [
        _record(
            176, struct.pack("<4I", area.min_row - 1, area.max_row - 1, area.min_col - 1, area.max_col - 1)
        )
        for area in sheet.merged_cells.ranges
    ]
    dimension = _record(148, struct.pack("<4I", 0, sheet.max_row - 1, 0, sheet.max_column - 1))
    merged = _record(177, struct.pack("<I", len(merges))) + b"".join(merges) + _record(178) if merges else b""
    return _record(129) + dimension + _record(145) + b"".join(rows) + _record(146) + merged + _record(130)


def _xlsb_cell(cell: Cell, formats: list[str], strings: dict[str, int]) -> bytes:
    head = struct.pack("<II", cell.column - 1, formats.index(cell.number_format))
    value = to_excel(cell.value) if isinstance(cell.value, datetime) else cell.value
    if cell.data_type == "e":
        return _record(3, head + bytes([_XLSB_ERRORS[value]]))
    if isinstance(value, bool):
        return _record(4, head + bytes([value]))
    if isinstance(value, str):
        return _record(7, head + struct.pack("<I", strings.setdefault(value, len(strings))))
    if isinstance(value, int) and abs(value) < 2**29:
        return _record(2, head + struct.pack("<i", value << 2 | 2))
    return _record(5, head + struct.pack("<d", value))
