"""Dagster's own folder of a home: its settings and its database of runs. Shared by ``make dev``, the services and the nightly.

Runs and events lie in SQLite in that folder, or in the PostgreSQL that ``ZHENXING_DAGSTER_POSTGRES_URL`` names.
``python -m orchestration.dagster_home`` writes the settings and prints the folder, for ``DAGSTER_HOME``; followed by a command it
becomes that command, with ``DAGSTER_HOME`` set: so the services of ``deploy/`` are started.
Belongs here: the instance's settings. Does not belong here: assets and jobs.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import yaml

from orchestration.home import Home
from orchestration.settings import DAGSTER_POSTGRES_URL, NotSet

if TYPE_CHECKING:
    from dagster import DagsterInstance


def log_file(home: Home) -> Path:
    """What Dagster has to say of its runs, which would bury a screen."""
    return home.dagster / "nightly.log"


class LogFile(logging.Handler):
    """Adds each line to a file that it opens for that line: Dagster makes a handler for every run and closes none."""

    _unwritable: ClassVar[set[Path]] = set()

    def __init__(self, filename: str):
        super().__init__()
        self.path = Path(filename)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(self.format(record) + "\n")
        except OSError:
            self._cannot()

    def _cannot(self) -> None:
        """Said once: what ended the run is said by the command, and a traceback for each line would bury it."""
        if self.path not in LogFile._unwritable:
            LogFile._unwritable.add(self.path)
            sys.stderr.write(f"日志写不进 {self.path}\n")


def settings(home: Home) -> dict:
    """``dagster.yaml``: nothing phones home, one writer at a time, all log lines in one file."""
    handler = {
        "class": "orchestration.dagster_home.LogFile",
        "level": "INFO",
        "filename": str(log_file(home)),
        "formatter": "line",
    }
    line = {"format": "%(asctime)s %(levelname)s %(message)s"}
    return {
        "telemetry": {"enabled": False},
        "nux": {"enabled": False},
        **_storage(home),
        # Runs wait in the queue, not at work: whatever runs writes, and there is one writer. A step of the warehouse's pool
        # waits as well, should two runs have been started past the queue; the night lock is what holds in any case.
        "concurrency": {
            "runs": {"max_concurrent_runs": 1},
            "pools": {"default_limit": 1, "granularity": "op"},
        },
        # A run whose process is gone is ended as failed, so that the queue goes on: within half a minute.
        "run_launcher": {
            "module": "orchestration.dagster_launcher",
            "class": "WatchedRunLauncher",
            "config": {"home": str(home.root)},
        },
        "run_monitoring": {
            "enabled": True,
            "poll_interval_seconds": 30,
            "start_timeout_seconds": 180,
            "cancel_timeout_seconds": 60,
            "free_slots_after_run_end_seconds": 30,
        },
        "python_logs": {
            "python_log_level": "INFO",
            "dagster_handler_config": {"handlers": {"file": handler}, "formatters": {"line": line}},
        },
        # Steps say what they have to say through their results; capturing the terminal would eat the progress.
        "compute_logs": {
            "module": "dagster._core.storage.noop_compute_log_manager",
            "class": "NoOpComputeLogManager",
        },
    }


def _storage(home: Home) -> dict:
    """Where runs, events and ticks lie. The server's URL, which holds a password, stays in the environment."""
    if DAGSTER_POSTGRES_URL.value:
        return {"storage": {"postgres": {"postgres_url": {"env": DAGSTER_POSTGRES_URL.name}}}}
    return {
        "event_log_storage": {
            "module": "orchestration.dagster_storage",
            "class": "KeptSqliteEventLogStorage",
            "config": {"base_dir": str(home.dagster / "history" / "runs")},
        }
    }


def settings_file(home: Home) -> Path:
    return home.dagster / "dagster.yaml"


def settings_text(home: Home) -> str:
    """What ``dagster.yaml`` must say, by today's code and environment."""
    return (
        "# Written by orchestration/dagster_home.py; a change made here is overwritten.\n"
        + yaml.safe_dump(settings(home), allow_unicode=True)
    )


def prepare(home: Home) -> Path:
    """Writes ``dagster.yaml`` where it is missing or differs; returns its folder.

    Raises NotSet where the file names PostgreSQL and the environment does not: a command started without the services'
    environment would move the runs into another database, under the services' feet.
    """
    home.dagster.mkdir(parents=True, exist_ok=True)
    path, text = settings_file(home), settings_text(home)
    said = path.read_text(encoding="utf-8") if path.exists() else None
    if said is not None and DAGSTER_POSTGRES_URL.name in said and not DAGSTER_POSTGRES_URL.value:
        raise NotSet(
            DAGSTER_POSTGRES_URL,
            f"{path} 写明运行记录存于 PostgreSQL;要改回存在数据目录,先删除该文件",
        )
    if said != text:
        path.write_text(text, encoding="utf-8")
    return home.dagster


@contextmanager
def instance(home: Home) -> Iterator[DagsterInstance]:
    """The home's Dagster instance, the one that ``make dev`` shows."""
    from dagster import BetaWarning, DagsterInstance  # noqa: PLC0415  (what runs no Dagster need not import it)

    with warnings.catch_warnings(), DagsterInstance.from_config(str(prepare(home))) as opened:
        # Handlers in dagster.yaml are beta to Dagster, which is pinned exactly.
        warnings.simplefilter("ignore", BetaWarning)
        yield opened


def main(command: Sequence[str]) -> int:
    """Prints the folder, or becomes the command. Returns 1 where the environment is not that of the home."""
    try:
        folder = prepare(Home.current())
    except NotSet as refused:
        print(refused, file=sys.stderr)
        return 1
    if not command:
        print(folder)
        return 0
    os.environ["DAGSTER_HOME"] = str(folder)
    os.execvp(command[0], command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
