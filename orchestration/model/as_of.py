"""The warehouse as known at a past moment, built again from what was received and decided by then.

A moment means the last publication at or before it: what readers had then. The build reads what that publication
read, the bureau's units and rulings of then, and the ledger before it (one that was put back is built as the one whose content
it has); the file lies in ``var/as_of/<publication>/`` and is kept for the next who asks, until the code changes or a dozen others
were built since. Nothing is received, and nothing that readers have open is replaced.

Belongs here: which publication a moment means, and building it. Does not belong here: how models filter by the moment
(``dbt_project/macros/moments.sql``).
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import duckdb

from orchestration import lake
from orchestration.home import Home, PastHome
from orchestration.made_by import made_by
from orchestration.model.dbt import Moment, build_past
from orchestration.periods import SHANGHAI, day_of, minute_of
from orchestration.publish.ledger import Entry, content_of, entries, given_folder
from orchestration.publish.sources import publications, sources
from orchestration.publish.warehouse import write_file

# Each is as large as what is published; who asks again for one that went waits for it to be built.
KEPT_BUILT = 12

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class NoSuchMoment(Exception):
    """Nothing was known then, or it is not yet. The message says so in Chinese."""


@dataclass(frozen=True, slots=True)
class Past:
    """A publication as it can be read again: the home seen from it, and what the ledger says of it."""

    home: PastHome
    publication: Entry


def parse_moment(text: str, now: datetime | None = None) -> datetime:
    """``2021-09-10`` (the end of that day), ``2021-09-10T18:30`` or with a zone, as UTC. Without a zone: Asia/Shanghai.

    Today means now. Raises NoSuchMoment for what is no date, or is in the future.
    """
    now = now or datetime.now(UTC)
    try:
        if _DAY.fullmatch(text.strip()):
            return _end_of(date.fromisoformat(text.strip()), now)
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise NoSuchMoment(f"{text!r} 不是时刻;应如 2021-09-10、2021-09-10T18:30 或带时区") from error
    moment = (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(UTC)
    if moment > now:
        raise NoSuchMoment(f"{minute_of(moment)}还没有到;现在是{minute_of(now)}")
    return moment


def _end_of(day: date, now: datetime) -> datetime:
    today = day_of(now)
    if day > today:
        raise NoSuchMoment(f"{day}还没有到;今天是{today}")
    following = datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
    return min(following.astimezone(UTC) - timedelta(microseconds=1), now)


def publication_at(home: Home, moment: datetime) -> Entry:
    """The last publication at or before a moment. Raises NoSuchMoment before the first, and for the future."""
    if moment > datetime.now(UTC):
        raise NoSuchMoment(f"{minute_of(moment)}还没有到")
    known = entries(home)
    if not known:
        raise NoSuchMoment("还没有发布过数据仓库;先运行 zhenxing nightly")
    earlier = [entry for entry in known if entry.published_at <= moment]
    if not earlier:
        raise NoSuchMoment(
            f"{minute_of(moment)}还没有发布过数据;首次发布在{minute_of(known[0].published_at)}"
        )
    return earlier[-1]


def build_as_of(home: Home, moment: datetime) -> Path:
    """The warehouse that readers had at a moment (UTC), as a file of the same schemas. Raises NoSuchMoment, ModelFailed."""
    return past(home, moment).home.warehouse


def past(home: Home, moment: datetime) -> Past:
    """The home as known at a moment, its warehouse built unless the one there was made by the code of today."""
    entry = publication_at(home, moment)
    kept = given_folder(home, content_of(home, entry).number)
    there = home.past(home.as_of / f"{entry.published_at:%Y%m%dT%H%M%SZ}-{entry.number}", kept)
    made = made_by(there)
    if not (there.warehouse.exists() and _made_by(there) == made):
        _build(home, entry, there, made)
        forget_built(home)
    return Past(there, entry)


def _build(home: Home, entry: Entry, there: PastHome, made: str) -> None:
    """Builds beside and moves the finished file in, so that two who ask at once do not meet."""
    work = home.past(home.as_of / f".{there.folder.name}.{os.getpid()}", there.kept)
    shutil.rmtree(work.folder, ignore_errors=True)
    work.folder.mkdir(parents=True)
    try:
        content = content_of(home, entry)
        # Nothing is landed, or landed again, while the lake's folders are read; what a killed landing left there is no part
        # of them.
        with lake.alone(home), duckdb.connect() as connection:
            lake.sweep_batches(home)
            build_past(work, Moment(content.known_until, content.number - 1))
            tables = sources(connection, work, work.build, judged_by=content.published_at)
            write_file(connection, [*tables, publications(home, entry.number)], work.warehouse)
        there.folder.mkdir(parents=True, exist_ok=True)
        _made_file(there).unlink(missing_ok=True)
        work.warehouse.replace(there.warehouse)
        _made_file(there).write_text(made, encoding="utf-8")
    finally:
        shutil.rmtree(work.folder)


def forget_built(home: Home, kept: int = KEPT_BUILT) -> None:
    """Deletes the warehouses built longest ago; what was written from them stays."""
    built = sorted(home.as_of.glob(f"[!.]*/{home.warehouse.name}"), key=_written, reverse=True)
    for path in built[kept:]:
        path.unlink()


def _written(path: Path) -> int:
    return path.stat().st_mtime_ns


def _made_file(there: PastHome) -> Path:
    return there.folder / "made_by"


def _made_by(there: PastHome) -> str | None:
    with suppress(FileNotFoundError):
        return _made_file(there).read_text(encoding="utf-8")
    return None
