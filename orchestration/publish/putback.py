"""Puts an earlier publication back: a new publication with the old one's content, which holds until it is released.

What it has again is everything the old one had, but for what speaks of publications themselves: ``quality.publications`` goes
on, and ``marts.rpt_restatements`` has what was restated until now and what putting back restates.

Belongs here: choosing, making and releasing such a publication. Does not belong here: putting a file in place (``swap``), and
what follows a publication.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration import clock
from orchestration.home import Home
from orchestration.personal import hide
from orchestration.publish.held import held_by, release
from orchestration.publish.kept import kept_folder, kept_numbers
from orchestration.publish.ledger import (
    Entry,
    changed_figures,
    content_of,
    entry_of,
    figure_files,
    last_number,
    write_entry,
)
from orchestration.publish.manifest import WAREHOUSE, differences
from orchestration.publish.sources import Source, publications, quoted, tables_of
from orchestration.publish.swap import alone, finish, next_file, swap_in
from orchestration.publish.warehouse import write_file

RESTATEMENTS, PUBLICATIONS = "marts.rpt_restatements", "quality.publications"


class NotPutBack(Exception):
    """Nothing can be put back or released so. The message says why in Chinese."""


def put_back(home: Home, number: int, reason: str) -> Entry:
    """Publishes what a kept publication had, as the next of the ledger; what holds already is only completed. Raises
    NotPutBack.

    Killed before its file is in place, nothing has happened; after it, the next night or putting back does the rest."""
    reason = hide(" ".join(reason.split()))
    if not reason:
        raise NotPutBack("恢复旧发布要写明原因(--reason)")
    with alone(home):
        finish(home)
        old = _chosen(home, number)
        if (held := held_by(home)) and held.puts_back == old.number:
            return held
        return _put_back(home, kept_folder(home, number) / WAREHOUSE, old, reason)


def _put_back(home: Home, kept: Path, old: Entry, reason: str) -> Entry:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, file in (("old", kept), ("now", home.warehouse)):
            connection.execute(f"attach '{quoted(file)}' as {name} (read_only)")
        entry = _enter(connection, home, old, reason)
        restatements = _restatements(connection, home, entry)
        tables = {table.full_name: table for table in tables_of(connection, "old")}
        tables |= {PUBLICATIONS: publications(home, entry.number), RESTATEMENTS: restatements}
        write_file(connection, [tables[name] for name in sorted(tables)], next_file(home))
    swap_in(home)
    return entry


def release_held(home: Home) -> Entry:
    """Lets nights publish again; returns the entry that held. Readers have it until one does. Raises NotPutBack."""
    entry = held_by(home)
    if entry is None:
        raise NotPutBack("没有恢复后未解除的发布")
    release(home, entry, datetime.now(UTC))
    return entry


def _chosen(home: Home, number: int) -> Entry:
    """The publication whose content is put back: the one asked for, or the one that it had put back itself."""
    kept = kept_numbers(home)
    asked, now = entry_of(home, number), entry_of(home, last_number(home))
    if number not in kept or asked is None or now is None:
        listed = "、".join(str(each) for each in kept) or "无"
        raise NotPutBack(f"没有保留第{number}次发布;保留的有:{listed}")
    old = content_of(home, asked)
    if old.number == now.number:
        raise NotPutBack(f"现行的就是第{now.number}次发布,不需恢复")
    if wrong := differences(kept_folder(home, number)):
        raise NotPutBack(f"保留的第{number}次发布与其清单不符,不能恢复:{';'.join(wrong)}")
    return old


def _enter(connection: duckdb.DuckDBPyConnection, home: Home, old: Entry, reason: str) -> Entry:
    """Lays the ledger's next entry down. No build has its fingerprint, so that what follows it is a publication of its own."""
    number = last_number(home) + 1
    figures = changed_figures(connection, home, "old.marts.rpt_figures", number)
    entry = Entry(
        number=number,
        published_at=clock.second(home),
        known_until=old.known_until,
        fingerprint=hashlib.sha256(f"{number} puts back {old.fingerprint}".encode()).hexdigest(),
        figures_changed=figures.num_rows,
        puts_back=old.number,
        reason=reason,
    )
    write_entry(home, entry, figures)
    return entry


def _restatements(connection: duckdb.DuckDBPyConnection, home: Home, entry: Entry) -> Source:
    """What was restated until now, and what this entry restates: as the model will say of it from the ledger."""
    files = ", ".join(f"'{quoted(path)}'" for path in figure_files(home, entry.number))
    query = _RESTATED.format(
        files=files,
        number=entry.number,
        publications=publications(home, entry.number).query,
    )
    now = next(table for table in tables_of(connection, "now", "marts") if table.full_name == RESTATEMENTS)
    return Source(
        now.schema, now.name, f"{now.query} union all by name ({query})", now.comment, now.column_comments
    )


_RESTATED = """
    with said as (
        select reporting_period, unit_code, figure_key, value, display_zh, number,
               coalesce(source_period, reporting_period) as source,
               lag(number) over figure as number_before, lag(value) over figure as value_before,
               lag(display_zh) over figure as display_before,
               lag(coalesce(source_period, reporting_period)) over figure as source_before
        from read_parquet([{files}], union_by_name = true)
        window figure as (partition by reporting_period, unit_code, figure_key order by number)
    ),
    publications as ({publications}),
    datasets as (
        select i.figure_key, string_agg(distinct p.dataset, '、' order by p.dataset) as dataset
        from now.marts.dim_indicator as i
        join now.marts.dim_indicator as p on p.figure_key in (i.figure_key, i.numerator, i.denominator)
        group by all
    )
    select s.reporting_period, s.unit_code, s.figure_key, i.label_zh, s.value_before as value_published,
           s.display_before as display_published, before.published_at, s.value as value_restated,
           s.display_zh as display_restated, p.published_at as restated_at,
           cast(s.value - s.value_before as decimal(38, 10)) as difference, d.dataset,
           '恢复第' || p.puts_back || '次发布:' || p.reason as reason_zh, s.number as publication
    from said as s
    join publications as p on p.number = s.number
    join publications as before on before.number = s.number_before
    left join now.marts.dim_indicator as i on i.figure_key = s.figure_key
    left join datasets as d on d.figure_key = s.figure_key
    where s.number = {number} and s.value is distinct from s.value_before and s.source = s.source_before"""
