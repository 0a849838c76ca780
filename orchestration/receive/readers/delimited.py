"""Reads CSV: a zip with one CSV per sheet, or one CSV alone, in UTF-8, UTF-16 or GBK.

Belongs here: encodings, delimiters, the names of sheets. Does not belong here: what the rows mean.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from orchestration.receive.readers.grid import MAX_COLUMNS, check_cells
from orchestration.receive.readers.package import Package
from orchestration.receive.readers.unreadable import UnreadableFile
from orchestration.receive.readers.wanted import is_wanted
from orchestration.workbook import Sheet, Workbook

MAX_FIELD_CHARACTERS = 32_767  # of an Excel cell
_UTF8_NAME = 0x800  # zip flag: the member's name is UTF-8
_DELIMITERS = ",\t;"


def read_bundle(path: Path, sheets: Collection[str] | None = None) -> Workbook:
    """A zip of ``<sheet>.csv``, in the order of the zip. Raises UnreadableFile."""
    workbook = Workbook("csv_bundle")
    with Package(path) as package:
        for info in package.members:
            member = PurePosixPath(member_name(info).replace("\\", "/"))
            if member.suffix.lower() != ".csv" or member.name.startswith(".") or "__MACOSX" in member.parts:
                continue
            if is_wanted(member.stem, sheets):
                workbook.sheets.append(read_csv(package.read_member(info), member.stem))
        package.verify_unread()
    return workbook


def read_single(path: Path, sheets: Collection[str] | None = None) -> Workbook:
    """One CSV as a workbook of one sheet, named like the file."""
    workbook = Workbook("csv_bundle")
    if is_wanted(path.stem, sheets):
        workbook.sheets.append(read_csv(path.read_bytes(), path.stem))
    return workbook


def member_name(info: zipfile.ZipInfo) -> str:
    """The name of a zip member: Windows writes GBK and some programs UTF-8 without saying which."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    stored = info.orig_filename.encode("cp437")
    try:
        return stored.decode("utf-8")
    except UnicodeDecodeError:
        return stored.decode("gb18030", "replace")


def read_csv(data: bytes, name: str) -> Sheet:
    """Rows by record number, trailing empty cells cut. Raises UnreadableFile."""
    text = decode(data)
    if "\0" in text:
        raise UnreadableFile("U-CORRUPT", detail="CSV with NUL")
    csv.field_size_limit(MAX_FIELD_CHARACTERS)
    lines = text.splitlines(keepends=True) if "\n" not in text else text.split("\n")
    reader = csv.reader((line.rstrip("\r") + "\n" for line in lines), delimiter=_delimiter(text))
    rows: dict[int, list[str]] = {}
    cells = 0
    try:
        for number, fields in enumerate(reader, 1):
            row = [_typed(field) for field in fields[:MAX_COLUMNS]]
            while row and not row[-1]:
                row.pop()
            if row:
                rows[number] = row
                cells += len(row)
                check_cells(cells)
    except csv.Error as error:
        raise UnreadableFile("U-CORRUPT", detail=f"CSV: {error}") from error
    return Sheet(name, rows)


def decode(data: bytes) -> str:
    """UTF-8 with or without mark, UTF-16 with one, else GBK (as GB 18030). Raises UnreadableFile."""
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass  # not Unicode: what remains is GBK, or nothing we know
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise UnreadableFile("U-ENCODING", detail=str(error.reason)) from error


def _delimiter(text: str) -> str:
    """The delimiter most frequent in the first lines; a comma when in doubt."""
    sample = text[:4096]
    return max(_DELIMITERS, key=sample.count)


def _typed(field: str) -> str:
    """``="0123"``, how CSV keeps a spreadsheet from turning text into a number, → ``0123``."""
    return field[2:-1] if field.startswith('="') and field.endswith('"') and len(field) > 2 else field
