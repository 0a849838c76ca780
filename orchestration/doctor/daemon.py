"""What Dagster's databases say of its daemon and its schedule, read without Dagster: opening an instance takes seconds, and
makes what is missing. The tables are those of the version that uv.lock pins; a test holds this against a real instance.

Belongs here: those two questions. Does not belong here: judging the answers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from orchestration.doctor.sqlite import opened
from orchestration.home import Home
from orchestration.settings import DAGSTER_POSTGRES_URL

Ask = Callable[[str], list[tuple]]

_BEATS = "select body from daemon_heartbeats"
_STOPPED = "select instigator_body from instigators where status = 'STOPPED'"


@dataclass(frozen=True, slots=True)
class Daemon:
    """``beat``: when it last said that it lives, in seconds since 1970, None if never; ``stopped``: the schedules and sensors
    that somebody switched off."""

    beat: float | None
    stopped: tuple[str, ...]


def read_daemon(home: Home) -> Daemon | None:
    """None where Dagster has kept nothing yet. Raises what the database raises."""
    with _databases(home) as asked:
        if asked is None:
            return None
        runs, schedules = asked
        beats = [json.loads(body)["timestamp"] for (body,) in runs(_BEATS)]
        stopped = [_name(json.loads(body)) for (body,) in schedules(_STOPPED)]
    return Daemon(max(beats, default=None), tuple(sorted(stopped)))


def _name(state: dict) -> str:
    origin = state["origin"]
    return origin.get("instigator_name") or origin["job_name"]


@contextmanager
def _databases(home: Home) -> Iterator[tuple[Ask, Ask] | None]:
    """How to ask the databases of runs and of schedules."""
    if DAGSTER_POSTGRES_URL.value:
        with _postgres(DAGSTER_POSTGRES_URL.value) as asked:
            yield (asked, asked) if asked("select to_regclass('daemon_heartbeats')") != [(None,)] else None
        return
    files = home.dagster / "history" / "runs.db", home.dagster / "schedules" / "schedules.db"
    if not all(file.exists() for file in files):
        yield None
        return
    with closing(opened(files[0])) as runs, closing(opened(files[1])) as schedules:
        yield (
            lambda sql: runs.execute(sql).fetchall(),
            lambda sql: schedules.execute(sql).fetchall(),
        )


@contextmanager
def _postgres(url: str) -> Iterator[Ask]:
    import psycopg2  # noqa: PLC0415  (only where a server is named)

    with closing(psycopg2.connect(url, connect_timeout=2)) as server, server.cursor() as cursor:

        def asked(sql: str) -> list[tuple]:
            cursor.execute(sql)
            return cursor.fetchall()

        yield asked
