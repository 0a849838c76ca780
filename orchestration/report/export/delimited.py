"""The export as CSV files with ``datapackage.json`` (Data Package 2.0), which says what each column is.

UTF-8 with a byte order mark, so that Excel and WPS show Chinese; numbers as plain digits without a thousands separator.
Belongs here: this format. Does not belong here: which tables there are.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC
from decimal import Decimal
from io import StringIO
from typing import Any

from orchestration.decimals import exact_text
from orchestration.report.export.contents import Contents
from orchestration.report.export.tables import Column, Table, Value
from orchestration.report.export.title import title_of

PACKAGE = "datapackage.json"
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES = {"decimal": "number"}  # the others are called the same


def delimited_files(contents: Contents, tables: tuple[Table, ...]) -> dict[str, bytes]:
    """File name to content: a CSV file a table, then the package's description."""
    files = {f"{table.name}.csv": _csv(table) for table in tables}
    return {**files, PACKAGE: _package(contents, tables, files)}


def _csv(table: Table) -> bytes:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(column.name for column in table.columns)
    writer.writerows(map(_text, row) for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def _text(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return exact_text(value)
        case _:
            return str(value)


def _package(contents: Contents, tables: tuple[Table, ...], files: Mapping[str, bytes]) -> bytes:
    unit, period, publication = contents.unit, contents.period, contents.publication
    package = {
        "$schema": _PROFILE,
        "name": f"zhenxing-{unit.code}-{period.key}".lower(),
        "title": title_of(contents),
        "created": publication.published_at.replace(tzinfo=UTC).isoformat(),
        "version": str(publication.number),
        "contributors": [{"title": contents.issuer, "roles": ["publisher"]}],
        "reporting_period": period.key,
        "unit_code": unit.code,
        "known_until": publication.known_until.replace(tzinfo=UTC).isoformat(),
        "resources": [_resource(table, files[f"{table.name}.csv"]) for table in tables],
    }
    return (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode()


def _resource(table: Table, content: bytes) -> dict[str, Any]:
    return {
        "name": table.name,
        "type": "table",
        "path": f"{table.name}.csv",
        "title": table.title,
        "description": table.meaning,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "dialect": {"lineTerminator": "\r\n"},
        "schema": {
            "fields": [_field(column, column.name in table.key) for column in table.columns],
            "primaryKey": list(table.key),
            "missingValues": [""],
        },
    }


def _field(column: Column, is_key: bool) -> dict[str, Any]:
    """An empty text and none are the same in this format, so a key alone is required."""
    return {
        "name": column.name,
        "type": _TYPES.get(column.type, column.type),
        "title": column.title,
        "description": column.meaning,
        **({"constraints": {"required": True}} if is_key else {}),
    }
