"""The ledger of publications: each one's moment, and every figure that was new, changed or gone in it.

``var/published/ledger/publications/<number>.parquet`` (one row), ``…/figures/<number>.parquet`` and, in
``…/given/<number>/``, the units and rulings it was made with; written before the published file takes its place. An
entry counts once that file, or the manifest, names its number: what a killed publication left is written over by the
next one. A publication that was put back is an entry too.

Belongs here: where entries lie, which count, what changed. Does not belong here: what is made of them (dbt's
``rpt_restatements``), and swapping in the published file (``publish``).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.files import replace_bytes
from orchestration.home import Home
from orchestration.lake import TIMESTAMP, write_vouched

PUBLICATIONS = pa.schema(
    {
        "number": pa.int32(),
        "published_at": TIMESTAMP,
        "known_until": TIMESTAMP,
        "fingerprint": pa.string(),
        "figures_changed": pa.int32(),
        "puts_back": pa.int32(),
        "reason": pa.string(),
    }
)
FIGURES = pa.schema(
    {
        "number": pa.int32(),
        "reporting_period": pa.string(),
        "unit_code": pa.string(),
        "figure_key": pa.string(),
        "value": pa.decimal128(38, 10),
        "display_zh": pa.string(),
        # The base period it was taken from, or the last of those summed: a quarter that goes on is no restatement. Of a
        # figure that is gone the one its period stands at now; null in entries of when months alone were published.
        "source_period": pa.string(),
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One publication. ``known_until``: what was received and decided by then is in it. Both moments are UTC.

    ``puts_back``: the earlier publication whose content it has again, never one that was itself put back; ``reason``: why.
    Both are None of what a night published."""

    number: int
    published_at: datetime
    known_until: datetime
    fingerprint: str
    figures_changed: int
    puts_back: int | None = None
    reason: str | None = None

    @property
    def restated_at(self) -> datetime:
        """The moment by which a restatement in it is known: two publications never share one."""
        return self.known_until if self.puts_back is None else self.published_at


def folder(home: Home) -> Path:
    """The home's ledger: of the publications themselves, whatever moment the home is seen from."""
    return Home(home.root).published / "ledger"


def entries(home: Home) -> list[Entry]:
    """The publications that count, in their order."""
    found = (entry_of(home, number) for number in range(1, last_number(home) + 1))
    return [entry for entry in found if entry is not None]


def entry_of(home: Home, number: int) -> Entry | None:
    """The entry of a number, whether it counts or not."""
    path = _file(home, "publications", number)
    return Entry(**pq.read_table(path).to_pylist()[0]) if path.exists() else None


def content_of(home: Home, entry: Entry) -> Entry:
    """The publication that a night made with this content: the entry itself, or the one it puts back."""
    made = entry if entry.puts_back is None else entry_of(home, entry.puts_back)
    return made or entry


def last_number(home: Home) -> int:
    """The number of the last publication that counts; 0 before the first."""
    return max(number_named(home), number_in(Home(home.root).warehouse))


def number_named(home: Home) -> int:
    """The publication that the manifest vouches for; 0 without one."""
    manifest = home.published / "manifest.json"
    if not manifest.exists():
        return 0
    return json.loads(manifest.read_text(encoding="utf-8")).get("publication", 0)


def number_in(warehouse: Path) -> int:
    """The publication that a published file holds; 0 where it is not there, or older than the ledger."""
    if not warehouse.exists():
        return 0
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        known = connection.execute(
            "select 1 from duckdb_tables() where schema_name = 'quality' and table_name = 'publications'"
        ).fetchall()
        if not known:
            return 0
        return connection.execute("select coalesce(max(number), 0) from quality.publications").fetchone()[0]


def changed_figures(
    connection: duckdb.DuckDBPyConnection, home: Home, relation: str, number: int
) -> pa.Table:
    """What ``relation`` (``rpt_figures``) says otherwise than the entries before ``number``, as ``FIGURES``; gone is null."""
    earlier = figure_files(home, number - 1)
    tables = [FIGURES.empty_table(), *(pq.read_table(path) for path in earlier)]
    connection.register("_said", pa.concat_tables(tables, promote_options="default"))
    changed = connection.execute(_CHANGED.format(relation=relation), {"number": number}).to_arrow_table()
    connection.unregister("_said")
    return changed.cast(FIGURES)


_CHANGED = """
    with standing as (
        select * replace (coalesce(source_period, reporting_period) as source_period) from _said
        qualify row_number() over (partition by reporting_period, unit_code, figure_key order by number desc) = 1
    ),
    sources as (select reporting_period, max(source_period) as source_period from {relation} group by all)
    select cast($number as integer) as number, reporting_period, unit_code, figure_key, f.value, f.display_zh,
           coalesce(f.source_period, sources.source_period, s.source_period) as source_period
    from (from {relation}) as f
    full outer join standing as s using (reporting_period, unit_code, figure_key)
    left join sources using (reporting_period)
    where f.value is distinct from s.value or f.display_zh is distinct from s.display_zh
        or coalesce(f.source_period, sources.source_period, s.source_period) <> s.source_period
    order by all"""


def figure_files(home: Home, until: int) -> list[Path]:
    """The files of figures of the entries up to a number, in their order."""
    return [path for n in range(1, until + 1) if (path := _file(home, "figures", n)).exists()]


def changed_periods(home: Home, number: int) -> list[str]:
    """The reporting periods of which a publication's entry has figures that were new, changed or gone."""
    said = pq.read_table(_file(home, "figures", number), columns=["reporting_period"])
    return sorted(said["reporting_period"].unique().to_pylist())


def given_folder(home: Home, number: int) -> Path:
    """What the bureau had given when a publication was made: the units and the rulings, under their own names."""
    return folder(home) / "given" / f"{number:05d}"


def write_entry(home: Home, entry: Entry, figures: pa.Table) -> None:
    """Lays an entry down. It counts once the published file or the manifest names it. What had been given lies with the
    entry of the content."""
    if entry.puts_back is None:
        for name, path in home.given.items():
            replace_bytes(given_folder(home, entry.number) / name, path.read_bytes())
    write_vouched(_file(home, "figures", entry.number), figures)
    row = pa.Table.from_pylist([asdict(entry)], schema=PUBLICATIONS)
    write_vouched(_file(home, "publications", entry.number), row)


def _file(home: Home, table: str, number: int) -> Path:
    return folder(home) / table / f"{number:05d}.parquet"
