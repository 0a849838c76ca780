"""Writes an export: which files a format has, and where they lie.

Belongs here: files and folders. Does not belong here: what they hold.
"""

from __future__ import annotations

from pathlib import Path

from orchestration.files import replace_all, replace_bytes
from orchestration.home import Home
from orchestration.periods import parse_period
from orchestration.report.export.columnar import columnar_files
from orchestration.report.export.contents import Contents
from orchestration.report.export.delimited import PACKAGE, delimited_files
from orchestration.report.export.reading import read_contents
from orchestration.report.export.tables import tables_of
from orchestration.report.export.title import file_stem
from orchestration.report.export.workbook import workbook
from orchestration.units import ReportingUnits

FORMATS = ("xlsx", "csv", "parquet")


def write_export(
    home: Home, period: str, form: str, unit_code: str | None = None, out: Path | None = None
) -> tuple[Contents, list[Path]]:
    """Writes one unit's export (the province's by default) in one of ``FORMATS``; returns what it holds and its files.

    ``xlsx``: ``<out>/<code>_<name>_<period>_统计资料.xlsx``; ``csv`` and ``parquet``: a folder of that name and ``_csv`` or
    ``_parquet``. ``out`` is ``var/exports/<period>`` by default. Each file is replaced whole, and the same publication gives
    the same bytes. Raises NotPublished; ValueError for a period, unit or format that does not exist.
    """
    if form not in FORMATS:
        raise ValueError(f"{form!r} 不是导出格式;应为 {'、'.join(FORMATS)}")
    units = ReportingUnits(home.units_csv)
    unit = units.by_code(unit_code) if unit_code else units.province
    if unit is None:
        raise ValueError(f"{unit_code!r} 不是本省的单位代码")
    contents = read_contents(home.warehouse, parse_period(period), units, unit)
    folder, stem = out or home.exports / period, file_stem(unit, period)
    if form == "xlsx":
        path = folder / f"{stem}.xlsx"
        replace_bytes(path, workbook(contents))
        return contents, [path]
    make = delimited_files if form == "csv" else columnar_files
    files = {
        folder / f"{stem}_{form}" / name: content
        for name, content in make(contents, tables_of(contents)).items()
    }
    # What describes the others, with their digests, comes after them.
    replace_all({path: content for path, content in files.items() if path.name != PACKAGE})
    replace_all({path: content for path, content in files.items() if path.name == PACKAGE})
    return contents, list(files)
