"""Coverage-guided fuzzing (atheris, libFuzzer) of the readers' innermost parts, where a mutated file rarely comes.

``python -m fuzz.guided sheet -runs=100000 CORPUS``: one target a process. The bytes that libFuzzer makes are a part of a workbook
(a sheet, shared strings, a record stream, CSV) or a text of a cell; what lies around them is left out. Belongs here: targets and
what must hold of each. Does not belong here: whole files (``run``).
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["orchestration.receive.readers"]):
    from orchestration.receive.readers import UnreadableFile, delimited, numbers, sheet_xml, strings, xlsb
    from orchestration.receive.readers.cells import SheetContext
    from orchestration.receive.readers.sheet_strict import StrictReader

from fuzz import cases, packages, seeds

Target = Callable[[bytes], None]


def sheet(data: bytes) -> None:
    """The fast reading of a sheet and the strict one agree, or the strict one alone has a say."""
    fast = _read(lambda: sheet_xml._read_plain(data, "表", _context()))
    if fast is not None:
        try:
            strict = StrictReader("表", _context()).read(data)
        except (
            UnreadableFile
        ) as refused:  # what it refuses, the fast one must refuse; but for a row's attributes
            if "unbound prefix" in refused.detail:
                return
            raise
        assert (fast.rows, fast.hidden_rows) == (strict.rows, strict.hidden_rows), "two readings of a sheet"


def _context() -> SheetContext:
    return SheetContext(
        {str(number): f"文{number}" for number in range(200)}, frozenset({"1"}), frozenset({"2"})
    )


def shared(data: bytes) -> None:
    """Shared strings by the regular expression and by XML events are the same."""
    fast = _read(lambda: strings.shared_strings(data))
    if fast is not None:
        assert fast == strings._strict_strings(data), "two readings of shared strings"


def number(data: bytes) -> None:
    """A number is read as what it is, to 15 digits, or refused."""
    text = data.decode("utf-8", "replace")
    read = _read(lambda: numbers.number_text(text))
    if read is not None:
        try:
            meant = Decimal(text.strip())
        except InvalidOperation as error:
            raise AssertionError(f"{text!r} is no number, and was read as {read}") from error
        assert abs(Decimal(read) - meant) <= abs(meant) * Decimal("1e-14"), f"{text!r} was read as {read}"
        assert "e" not in read.lower(), f"{read} has an exponent"


def csv(data: bytes) -> None:
    _read(lambda: delimited.read_csv(data, "表"))


def records(data: bytes) -> None:
    """The records of a binary sheet: whatever they are, an answer."""
    cells = xlsb._Cells(["甲", "乙"], frozenset({"1"}), frozenset({"2"}))
    _read(lambda: xlsb._sheet(data, "表", hidden=False, cells=cells))


def _read(reading: Callable[[], object]) -> object | None:
    """What is read, or None where it is refused or has an unusual form."""
    try:
        return reading()
    except (UnreadableFile, sheet_xml._NotPlain, KeyError, struct.error, IndexError):
        return None  # as the reader around it answers


TARGETS: dict[str, Target] = {each.__name__: each for each in (sheet, shared, number, csv, records)}


def seed(target: str, folder: Path) -> None:
    """What libFuzzer begins with."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = packages.unpacked(seeds.xlsx())
    first: dict[str, list[bytes]] = {
        "sheet": [*_sheets(parts), *(case.read_bytes() for case in cases.FOLDER.glob("*.xml"))],
        "shared": [parts["xl/sharedStrings.xml"][:3000]],
        "number": [b"5", b"-0.1", b"1.5E+3", b"123456789012345678", b".5", b"+7"],
        "csv": [seeds.csv_of(each).encode() for each in seeds.sheets()],
        "records": [],
    }
    for odd in seeds.odd("xlsb"):
        first["records"] += [
            part for name, part in _parts(odd).items() if "sheet" in name and len(part) < 5000
        ]
    for place, part in enumerate(first[target]):
        (folder / f"seed{place}").write_bytes(part)


def _sheets(parts: packages.Parts) -> list[bytes]:
    return [content for name, content in parts.items() if "worksheets/sheet" in name]


def _parts(package: bytes) -> packages.Parts:
    return packages.unpacked(package) if package[:2] == b"PK" else {}


def main() -> None:
    target, *arguments = sys.argv[1:]
    corpus = next((Path(each) for each in arguments if not each.startswith("-")), None)
    if corpus is not None:
        seed(target, corpus)
    atheris.Setup([sys.argv[0], *arguments], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
