"""The export as Parquet files: exact types, with what each table and column means as Arrow metadata.

Belongs here: this format. Does not belong here: which tables there are.
"""

from __future__ import annotations

from datetime import UTC

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.report.export.contents import Contents
from orchestration.report.export.tables import Column, Table
from orchestration.report.export.title import title_of

_TYPES = {
    "string": pa.string(),
    "integer": pa.int64(),
    "decimal": pa.decimal128(38, 10),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}


def columnar_files(contents: Contents, tables: tuple[Table, ...]) -> dict[str, bytes]:
    """File name to content: a Parquet file a table. Its metadata: title, comment, publication, published_at, known_until."""
    return {f"{table.name}.parquet": _parquet(contents, table) for table in tables}


def _parquet(contents: Contents, table: Table) -> bytes:
    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
    schema = pa.schema(map(_field, table.columns), metadata=_said(contents, table))
    arrays = [pa.array(values, _TYPES[c.type]) for values, c in zip(columns, table.columns, strict=True)]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), sink, compression="zstd")
    return sink.getvalue().to_pybytes()


def _field(column: Column) -> pa.Field:
    return pa.field(
        column.name, _TYPES[column.type], metadata={"comment": _comment(column.title, column.meaning)}
    )


def _said(contents: Contents, table: Table) -> dict[str, str]:
    publication = contents.publication
    return {
        "title": f"{title_of(contents)} {table.title}",
        "comment": _comment(table.title, table.meaning),
        "publication": str(publication.number),
        "published_at": publication.published_at.replace(tzinfo=UTC).isoformat(),
        "known_until": publication.known_until.replace(tzinfo=UTC).isoformat(),
    }


def _comment(chinese: str, english: str) -> str:
    return f"{chinese} | {english}"
