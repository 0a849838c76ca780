"""Landing again: archived submissions read once more by today's cards and readers, in the place of what was landed before.

A period's submissions become one new batch, whose manifest names those it takes the place of: written last, in one rename,
it is the moment from which the new rows count and the old ones no longer do. Killed before, nothing has changed; killed
after, the next landing sweeps the old files. The register, verdicts and decisions are not touched. A submission whose landed
content changed says so (``landed_sheets.changed_at``), and the audit judges it again.

Belongs here: what is to be landed again, and replacing it. Does not belong here: how it is read (``land``, ``batch``), and
what follows of it (audit, model).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration import clock, lake
from orchestration.cards import Card, load_cards
from orchestration.home import Home
from orchestration.land.expressions import literal
from orchestration.land.key import new_key, pseudonym_key
from orchestration.land.land import Taken, take, write_control
from orchestration.land.landed_by import card_digests, reader_digest
from orchestration.land.pseudonym import PseudonymKey
from orchestration.night import unsettle
from orchestration.pending import NoSuchPeriods, within
from orchestration.periods import in_time, parse_period
from orchestration.progress import Progress
from orchestration.receive.register import Register, Submission


@dataclass(frozen=True, slots=True)
class Difference:
    """A landed period that today's cards would perhaps land otherwise.

    ``cards``: the datasets whose cards have changed since; ``reader``: whether only the reading code has; ``unknown``: how many
    of its submissions were landed before this was recorded.
    """

    period: str
    submissions: int
    cards: tuple[str, ...]
    reader: bool
    unknown: int


@dataclass(frozen=True, slots=True)
class Relanded:
    """What landing a period again gave: rows by dataset as they are now, and the submissions whose content changed."""

    period: str
    submissions: int
    rows: dict[str, int]
    changed: tuple[str, ...]


class NotRelanded(Exception):
    """A period that cannot be landed again. The message is Chinese."""


def differences(home: Home) -> list[Difference]:
    """The landed periods, in order, of which some batch was landed by other cards or readers than today's."""
    today, reader = card_digests(load_cards()), reader_digest()
    found: dict[str, list[lake.Batch]] = {}
    for batch in lake.batches(home):
        found.setdefault(batch.period, []).append(batch)
    every = [_difference(period, batches, today, reader) for period, batches in found.items()]
    return [each for each in every if each.cards or each.reader or each.unknown]


def _difference(period: str, batches: Sequence[lake.Batch], today: dict[str, str], reader: str) -> Difference:
    known = [batch for batch in batches if batch.reader is not None]
    cards = {
        dataset
        for batch in known
        for dataset in {*today, *batch.cards}
        if batch.cards.get(dataset) != today.get(dataset)
    }
    return Difference(
        period,
        sum(len(batch.submissions) for batch in batches),
        tuple(sorted(cards)),
        any(batch.reader != reader for batch in known),
        sum(len(batch.submissions) for batch in batches if batch.reader is None),
    )


def landed_periods(home: Home, asked: str) -> list[str]:
    """The landed periods that ``2021-08``, ``2021-08..2021-10`` or ``2021-W35`` means, in the order in which they end. With a
    month go the weeks that end in it. Raises NotRelanded."""
    landed = in_time(parse_period(key) for key in {batch.period for batch in lake.batches(home)})
    try:
        return list(within([period.key for period in landed], asked))
    except NoSuchPeriods as error:
        raise NotRelanded(str(error)) from error


def reland(
    home: Home,
    periods: Sequence[str],
    *,
    datasets: Collection[str] | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> list[Relanded]:
    """Lands what was landed of these periods again (of ``datasets`` alone, when given), a period at a time, and leaves the
    next night to judge, model and publish it. The caller holds the night's lock.

    Raises NotRelanded, before anything is changed, for a period of which nothing was landed, a dataset without a card and a
    file that the archive has lost; KeyRefused.
    """
    cards = load_cards()
    if unknown := sorted(set(datasets or ()) - set(cards)):
        raise NotRelanded(f"没有数据集 {'、'.join(unknown)};现有 {'、'.join(cards)}")
    chosen = [card for card in cards.values() if datasets is None or card.dataset in datasets]
    moment = now or clock.moment(home)
    with lake.alone(home):
        return _land_all(home, periods, chosen, key=pseudonym_key(home), moment=moment, progress=progress)


def change_key(
    home: Home, *, now: datetime | None = None, progress: Progress | None = None
) -> list[Relanded]:
    """Lands everything again under the pseudonym key found today; what was done before it was interrupted is left. Until the
    last period is done no night lands anything. The caller holds the night's lock. Raises KeyRefused and NotRelanded."""
    moment = now or clock.moment(home)
    with lake.alone(home):
        key = new_key(home)
        landed = in_time(
            parse_period(period)
            for period in {batch.period for batch in lake.batches(home) if batch.pseudonyms != key.check}
        )
        periods = [period.key for period in landed]
        cards = list(load_cards().values())
        return _land_all(home, periods, cards, key=key, moment=moment, progress=progress)


def _land_all(
    home: Home,
    periods: Sequence[str],
    chosen: Sequence[Card],
    *,
    key: PseudonymKey,
    moment: datetime,
    progress: Progress | None,
) -> list[Relanded]:
    lake.ensure_schema_files(home)
    lake.sweep(home)
    landed = {period: _landed(home, period) for period in periods}
    unsettle(home)
    done = []
    for period, submissions in landed.items():
        done.append(_land_again(home, period, submissions, chosen, key=key, moment=moment, progress=progress))
        lake.sweep_batches(home)
    return done


def _landed(home: Home, period: str) -> list[Submission]:
    """The submissions of the batches that count, in the order of their ids; each with its bytes in the archive."""
    wanted = {identifier for batch in lake.batches(home, period) for identifier in batch.submissions}
    if not wanted:
        raise NotRelanded(f"{period} 还没有入湖的报表")
    with Register(home.register) as register:
        found = [s for s in register.submissions() if s.submission_id in wanted]
    lost = [s.file_name for s in found if not (home.archive / s.archive_path).exists()]
    if lost:
        raise NotRelanded(
            f"{period} 存档中缺少 {len(lost)} 个文件({lost[0]}等),不能重新入湖;先从备份恢复存档"
        )
    return sorted(found, key=lambda submission: submission.submission_id)


def _land_again(
    home: Home,
    period: str,
    submissions: Sequence[Submission],
    chosen: Sequence[Card],
    *,
    key: PseudonymKey,
    moment: datetime,
    progress: Progress | None,
) -> Relanded:
    old = lake.batches(home, period)
    generation = max(batch.generation for batch in old) + 1
    identifiers = tuple(submission.submission_id for submission in submissions)
    name = lake.batch_id(identifiers, generation)
    taken = take(home, period, name, submissions, chosen, key=key, progress=progress)
    names = {card.dataset for card in chosen}
    kept = [table for table in load_cards() if table not in names]
    rows, files = _carry_over(home, period, name, kept)
    control = _control(home, period, taken, names if kept else None)
    before = _contents(home, period, None)
    after = _contents(home, period, name, control)
    changed = tuple(s for s in identifiers if before.get(s) != after.get(s))
    control["landed_sheets"] = _with_moments(home, period, control["landed_sheets"], changed, moment)
    files |= {**taken.files, **write_control(home, period, name, control)}
    rows |= taken.rows
    digests = card_digests(load_cards())
    lake.commit_batch(
        home,
        lake.Batch(
            name,
            period,
            identifiers,
            rows,
            generation=generation,
            supersedes=tuple(batch.batch for batch in old),
            cards=_landed_by(old, digests, names),
            reader=reader_digest() if not kept else _common([batch.reader for batch in old]),
            files=files,
            pseudonyms=key.check,
        ),
    )
    return Relanded(period, len(identifiers), rows, changed)


def _landed_by(old: Sequence[lake.Batch], digests: dict[str, str], landed: set[str]) -> dict[str, str]:
    """By dataset the card by which all its rows are landed now; a dataset carried over from several is left out."""
    carried = {
        dataset: said
        for dataset in digests.keys() - landed
        if (said := _common([batch.cards.get(dataset) for batch in old])) is not None
    }
    return carried | {dataset: digests[dataset] for dataset in landed}


def _common(values: Sequence[str | None]) -> str | None:
    return values[0] if len(set(values)) == 1 else None


def _carry_over(
    home: Home, period: str, name: str, tables: Sequence[str]
) -> tuple[dict[str, int], dict[str, dict[str, Any]]]:
    """Writes the rows of tables that are not landed again under the new batch, as they are."""
    rows, files = {}, {}
    for table in tables:
        paths = lake.landed_files(home, table, period)
        carried = [pq.ParquetFile(path).read() for path in paths]
        rows[table] = sum(part.num_rows for part in carried)
        if rows[table]:
            whole = pa.concat_tables(carried, promote_options="default")
            files[table] = lake.write_parquet(lake.table_file(home, table, period, name), whole)
    return rows, files


def _control(home: Home, period: str, taken: Taken, landed: set[str] | None) -> dict[str, pa.Table]:
    """The new control tables; where only some datasets were landed again, those of the others as they were."""
    if landed is None:
        return dict(taken.control)
    control = {}
    for table, new in taken.control.items():
        paths = lake.landed_files(home, table, period)
        old = pa.concat_tables([pq.ParquetFile(path).read() for path in paths], promote_options="default")
        values = pa.array(sorted(landed), pa.string())
        of_landed = pc.is_in(old["dataset"], value_set=values)
        both = [old.filter(pc.invert(of_landed)), new.filter(pc.is_in(new["dataset"], value_set=values))]
        whole = pa.concat_tables(both, promote_options="default")
        control[table] = whole.select(lake.BATCHED_CONTROL[table].names)
    return control


def _with_moments(
    home: Home, period: str, sheets: pa.Table, changed: Sequence[str], moment: datetime
) -> pa.Table:
    """``landed_sheets`` with the moment at which each submission's content changed last."""
    moments: dict[str, datetime | None] = {}
    for path in lake.landed_files(home, "landed_sheets", period):
        table = pq.ParquetFile(path).read()
        if "changed_at" in table.column_names:
            moments |= zip(table["submission_id"].to_pylist(), table["changed_at"].to_pylist(), strict=True)
    moments |= dict.fromkeys(changed, moment)
    column = [moments.get(identifier) for identifier in sheets["submission_id"].to_pylist()]
    place = sheets.schema.get_field_index("changed_at")
    return sheets.set_column(place, lake.LANDED_SHEETS.field("changed_at"), pa.array(column, lake.TIMESTAMP))


def _contents(
    home: Home, period: str, name: str | None, control: dict[str, pa.Table] | None = None
) -> dict[str, frozenset[tuple]]:
    """What each submission's content is, so that two landings can be compared: of the batches that count (``name`` None) or
    of a batch's files and control tables. A column without a value says nothing, so that a new one changes no old row."""
    contents: dict[str, set[tuple]] = {}
    with duckdb.connect() as connection:
        for table in (*load_cards(), *lake.BATCHED_CONTROL):
            if control is not None and table in control:
                connection.register("_rows", control[table])
                source = "_rows"
            else:
                paths = _files(home, table, period, name)
                if not paths:
                    continue
                listed = ", ".join(literal(str(path)) for path in paths)
                source = f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"
            for identifier, *content in connection.execute(_content_sql(connection, source)).fetchall():
                contents.setdefault(identifier, set()).add((table, *content))
    return {identifier: frozenset(content) for identifier, content in contents.items()}


def _files(home: Home, table: str, period: str, name: str | None) -> list[Path]:
    if name is None:
        return lake.landed_files(home, table, period)
    path = lake.table_file(home, table, period, name)
    return [path] if path.exists() else []


def _content_sql(connection: duckdb.DuckDBPyConnection, source: str) -> str:
    names = [row[0] for row in connection.execute(f"describe select * from {source}").fetchall()]
    said = [name for name in sorted(names) if name not in ("submission_id", "changed_at")]
    parts = ", ".join(f"{literal(name + '=')} || cast({_quoted(name)} as varchar)" for name in said)
    return (
        f"select submission_id, count(*), sum(cast(hash(concat_ws(chr(31), {parts})) as hugeint)) "
        f"from {source} group by submission_id"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
