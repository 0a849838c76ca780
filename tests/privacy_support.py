"""Personal values that belong to nobody: planted all over workbooks, and searched in everything that is made of them.

Every value of a kind begins with the same unlikely characters, so that one look for these in each encoding finds any of them.
Belongs here: planting and searching. Does not belong here: which outputs there are to search, and what may hold a value.
"""

from __future__ import annotations

import base64
import io
import sqlite3
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import duckdb
import openpyxl
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from pipeline_support import Register

from orchestration.cards import Card, Column, load_cards
from orchestration.personal import _is_card

# What the values of a kind begin with: no place has code 000000, and no name has these characters.
_ID, _MOBILE, _CARD, _NAME = "0000001985", "13900007", "62179900007", "龘爨"
_NAMES = "靐齉龖厵麤灪爩鸞鱻驫"
_WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@dataclass
class Planted:
    """The values planted so far, each another, and where each was put."""

    where: dict[str, str] = field(default_factory=dict)

    def id_number(self, where: str) -> str:
        count = len(self.where)
        return self._keep(f"{_ID}{1 + count % 12:02d}{1 + count % 28:02d}{count:03d}X", where)

    def mobile(self, where: str) -> str:
        return self._keep(f"{_MOBILE}{len(self.where):03d}", where)

    def bank_card(self, where: str) -> str:
        start = f"{_CARD}{len(self.where):07d}"
        return self._keep(next(start + digit for digit in "0123456789" if _is_card(start + digit)), where)

    def name(self, where: str) -> str:
        count = len(self.where)
        return self._keep(_NAME + _NAMES[count // 100] + _NAMES[count // 10 % 10] + _NAMES[count % 10], where)

    def any(self, where: str) -> str:
        """An ID number, a mobile number and a bank card in one text."""
        return f"{self.id_number(where)} {self.mobile(where)},{self.bank_card(where)}"

    def _keep(self, value: str, where: str) -> str:
        self.where[value] = where
        return value


def plant_everywhere(workbook: openpyxl.Workbook, planted: Planted) -> None:
    """Numbers into every column that asks for none, names and numbers into the others where they are at fault, and into all
    that is not a cell: few rows stay whole."""
    for card in load_cards().values():
        if card.sheet in workbook.sheetnames:
            register = Register(workbook[card.sheet], card)
            for place, column in enumerate(column for column in card.sheet_columns if not column.personal):
                _plant_column(register, card, column, place, planted)
            plant_people(register, card, planted)
            _plant_faults(register, card, planted)
    _plant_beside(workbook, planted)
    projects = load_cards()["projects"]
    sheet = workbook[projects.sheet]
    header = Register(sheet, projects).rows[0] - 1
    sheet.cell(header, sheet.max_column + 1).value = f"联系人{planted.any('header')}"
    for row in workbook["封面"].iter_rows():
        for cell in row:
            if str(cell.value).startswith(("填报人", "模板版本")):
                workbook["封面"].cell(cell.row, cell.column + 1).value = planted.mobile("cover")


def plant_quietly(workbook: openpyxl.Workbook, planted: Planted) -> None:
    """Where nothing is at fault for it, so that the workbook is accepted and published: columns of persons, prose, and all that
    is not a cell."""
    for card in load_cards().values():
        if card.sheet in workbook.sheetnames:
            register = Register(workbook[card.sheet], card)
            plant_people(register, card, planted)
            for column in card.sheet_columns:
                if column.name in (
                    "performance_target",
                    "measures",
                    "session_title",
                    "project_name",
                    "implementer",
                ):
                    for row in register.rows[:3]:
                        text = f"{register.text(row, column.name)}(联系人 {planted.any(column.name)})"
                        register.write(row, column.name, text)
    _plant_beside(workbook, planted)


def plant_people(register: Register, card: Card, planted: Planted) -> None:
    """Persons of the right form in the columns that ask for them, one for each ID number, so that nothing else changes."""
    columns = [column for column in card.sheet_columns if column.personal]
    stands_for: dict[str, dict[str, str]] = {}
    for row in register.rows[:12] if columns else ():
        person = stands_for.setdefault("|".join(register.text(row, column.name) for column in columns), {})
        for column in columns:
            make = {"name": planted.name, "phone": planted.mobile, "id_number": planted.id_number}
            if column.name not in person:
                person[column.name] = make[column.personal](f"{card.dataset}.{column.name}")
            register.write(row, column.name, person[column.name])


def _plant_column(register: Register, card: Card, column: Column, place: int, planted: Planted) -> None:
    """An ID number into one row, a mobile phone into the next."""
    rows, where = register.rows, f"{card.dataset}.{column.name}"
    register.write(rows[2 * place % len(rows)], column.name, planted.id_number(where))
    if column.name not in {other.unit_from and other.name for other in card.columns}:
        register.write(rows[(2 * place + 1) % len(rows)], column.name, planted.mobile(where))


def _plant_faults(register: Register, card: Card, planted: Planted) -> None:
    """What a column of persons does not take, and which nobody could recognise elsewhere."""
    for column in card.sheet_columns:
        if column.personal and len(register.rows) > 3:
            where = f"{card.dataset}.{column.name}, at fault"
            register.write(register.rows[-1], column.name, f"{planted.name(where)}{planted.mobile(where)}转")
            register.write(register.rows[-2], column.name, f'="{planted.id_number(where)}"&"*"')
            register.write(register.rows[-3], column.name, planted.name(where) * 3)


def _plant_beside(workbook: openpyxl.Workbook, planted: Planted) -> None:
    first = workbook["封面"]
    hidden = workbook.create_sheet(planted.id_number("sheet name")[-18:])
    hidden.sheet_state = "hidden"
    hidden["A1"] = f"{planted.name('hidden sheet')} {planted.any('hidden sheet')}"
    first["A1"].comment = Comment(
        f"问 {planted.name('comment')} {planted.any('comment')}", planted.name("comment author")
    )
    first.oddFooter.center.text = f"{planted.name('footer')} {planted.mobile('footer')}"
    rule = DataValidation(
        type="list", formula1='"是,否"', promptTitle=planted.mobile("prompt"), prompt=planted.name("prompt")
    )
    first.add_data_validation(rule)
    rule.add("Z99")
    name = f"_{planted.mobile('defined name')}"
    workbook.defined_names[name] = DefinedName(name, attr_text=f'"{planted.any("defined name")}"')
    about = workbook.properties
    about.creator, about.lastModifiedBy = planted.name("author"), planted.name("last author")
    about.title = f"{planted.name('title')} {planted.any('title')}"
    about.description = about.keywords = about.subject = planted.any("document properties")
    workbook.custom_doc_props.append(StringProperty(name="联系人", value=planted.any("custom property")))


def values_in(content: bytes, values: Iterable[str]) -> set[str]:
    """Which of these values stand in some bytes, in any encoding that a program here might write."""
    if not any(form in content for form in _marks()):
        return set()
    return {value for value in values if any(form in content for form in _forms(value))}


@cache
def _marks() -> tuple[bytes, ...]:
    return tuple({form for start in (_ID, _MOBILE, _CARD, _NAME) for form in _forms(start)})


def _forms(text: str) -> Iterator[bytes]:
    """A text as it may be written: in UTF-8, UTF-16, GBK, half and full width, escaped, encoded as Base64."""
    for written in {text, text.translate(_WIDE)}:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
            yield written.encode(encoding)
        if not written.isascii():
            yield written.encode("ascii", "backslashreplace")
            yield written.encode("ascii", "xmlcharrefreplace")
            yield "".join(f"%{byte:02X}" for byte in written.encode()).encode()
        for before in range(3):
            held = b"\0" * before + written.encode()
            # The characters that hold nothing of what stands before and after.
            yield base64.b64encode(held)[-(-8 * before // 6) : 8 * len(held) // 6]


def everything_in(path: Path) -> Iterator[tuple[str, bytes]]:
    """A file's name and bytes, and what its form packs: members of archives, tables of databases, columns of Parquet."""
    yield "a file name", str(path).encode()
    content = path.read_bytes()
    yield path.name, content
    yield from _unpacked(path.name, content)
    if path.suffix == ".parquet":
        yield path.name, _rows(f"from read_parquet('{_quoted(path)}', hive_partitioning = false)")
    elif path.suffix == ".duckdb":
        yield from _duckdb_tables(path)
    elif content.startswith(b"SQLite format 3"):
        yield from _sqlite_tables(path)


def _unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as members:
            for member in members.namelist():
                yield f"{name}!{member}", member.encode() + b"\n" + members.read(member)
    elif content[:2] in (b"\x1f\x8b", b"\x78\x9c", b"\x78\xda"):
        yield name, zlib.decompress(content, 47)


def _duckdb_tables(path: Path) -> Iterator[tuple[str, bytes]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        names = connection.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall()
        for schema, name in names:
            yield f"{path.name} {schema}.{name}", _rows(f'from "{schema}"."{name}"', connection)


def _rows(query: str, connection: duckdb.DuckDBPyConnection | None = None) -> bytes:
    return str((connection or duckdb).execute(query).fetchall()).encode()


def _sqlite_tables(path: Path) -> Iterator[tuple[str, bytes]]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        for (name,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
            rows = connection.execute(f'select * from "{name}"').fetchall()
            yield f"{path.name} {name}", repr(rows).encode()
            for value in (value for row in rows for value in row if isinstance(value, bytes)):
                yield f"{path.name} {name}", value
                yield from _unpacked(f"{path.name} {name}", value)
    finally:
        connection.close()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
