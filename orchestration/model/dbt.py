"""Runs the dbt project in this process against a home's lake, into the home's build file.

Belongs here: how dbt is called, what it is told of the home, and what its answer means. Does not belong here:
SQL (``dbt_project/``) and Dagster.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestration import clock
from orchestration.files import replace_bytes
from orchestration.home import DBT_PROJECT, Home, PastHome
from orchestration.progress import Progress
from orchestration.publish.ledger import folder, last_number

# dbt's events that end a node, and the field of each that counts the nodes of the run.
_RESULT_EVENTS = {"LogModelResult": "total", "LogSeedResult": "total", "LogTestResult": "num_models"}
# No JSON: the manifest is written by ``manifest``, and twice more by a build would cost a second each night.
# Unit tests belong to CI, and exposures are nothing to build.
_NOT_BUILT = ("--exclude-resource-type", "unit_test", "--exclude-resource-type", "exposure")
_EVERY_NIGHT = (*_NOT_BUILT, "--no-write-json")
_PAST = ("--resource-type", "model", "--resource-type", "seed", "--no-write-json")
_PARSED = "partial_parse.msgpack"
_MANIFEST = "manifest.json"
_SOURCES = ("*.yml", "macros/**/*", "models/**/*", "seeds/**/*", "tests/**/*")


class ModelFailed(Exception):
    """The warehouse could not be built. ``reasons`` has one line for each model or test that failed."""

    def __init__(self, reasons: list[str]):
        super().__init__("; ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Node:
    """What came of one model, seed or test: dbt's status, its seconds and, for a test, the rows that failed."""

    unique_id: str
    status: str
    seconds: float
    rows_failed: int


@dataclass(frozen=True, slots=True)
class Built:
    """A finished build: models and tests run, wall seconds, and each node."""

    path: Path
    models: int
    tests: int
    seconds: float
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """What a build may know: what was received and decided by ``known_until`` (UTC), and the publications up to one."""

    known_until: datetime
    last_publication: int


def build(home: Home, *, progress: Progress | None = None) -> Built:
    """Builds and tests every model, in a new file, and leaves the file closed. Unit tests belong to CI: they
    try the SQL on made-up rows, which no night changes. Raises ModelFailed."""
    started = time.monotonic()
    # A new file: nothing of a model that no longer exists can reach the readers.
    for leftover in (home.build, home.build.with_name(home.build.name + ".wal")):
        leftover.unlink(missing_ok=True)
    results = run(home, "build", *_EVERY_NIGHT, progress=progress)
    kinds = [result.node.resource_type.value for result in results]
    nodes = tuple(
        Node(result.node.unique_id, result.status.value, result.execution_time, result.failures or 0)
        for result in results
    )
    return Built(home.build, kinds.count("model"), kinds.count("test"), time.monotonic() - started, nodes)


def build_past(past: PastHome, moment: Moment) -> Path:
    """Builds every model in the past home's own file as known at a moment. What was published has been tested."""
    _spare_parsing(past)
    run(past, "build", *_PAST, moment=moment)
    return past.build


def _spare_parsing(past: PastHome) -> None:
    """What dbt parsed for the home serves its past as well."""
    home = Home(past.root)
    target(past).mkdir(parents=True, exist_ok=True)
    for parsed in (target(home) / _PARSED, _parsed_of(home)):
        if parsed.exists():
            shutil.copy2(parsed, target(past))


def manifest(home: Home) -> Path:
    """The project's manifest for Dagster, parsed anew only when it is missing or of another project."""
    _forget_old_parse(home)
    path = target(home) / _MANIFEST
    if not path.exists():
        run(home, "parse")
    return path


def target(home: Home) -> Path:
    """Where dbt keeps its own files: beside the build, so that the repository stays clean."""
    return home.build.parent / "dbt_target"


def environment(home: Home, moment: Moment) -> dict[str, str]:
    """What the project asks of its environment (``env_var`` in ``profiles.yml`` and in the macros)."""
    return {
        "ZHENXING_LAKE": str(home.lake),
        "ZHENXING_BUILD": str(home.build),
        "ZHENXING_UNITS": str(home.units_csv),
        "ZHENXING_WAIVERS": str(home.waivers_csv),
        "ZHENXING_REOPENINGS": str(home.reopenings_csv),
        "ZHENXING_EXEMPTIONS": str(home.exemptions_csv),
        "ZHENXING_AS_OF": f"{moment.known_until.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}",
        "ZHENXING_LEDGER": str(folder(home)),
        "ZHENXING_LEDGER_UNTIL": str(moment.last_publication),
    }


def run(
    home: Home, command: str, *arguments: str, moment: Moment | None = None, progress: Progress | None = None
) -> list:
    """One dbt command, as known at a moment (by default now); returns the results of its nodes.

    Raises ModelFailed when dbt or any node fails.
    """
    from dbt.cli.main import dbtRunner  # noqa: PLC0415  (two seconds that only a build should pay)

    home.build.parent.mkdir(parents=True, exist_ok=True)
    _forget_old_parse(home)
    callbacks = [_reporter(progress)] if progress else []
    moment = moment or Moment(clock.moment(home), last_number(home))
    with _set(environment(home, moment)):
        try:
            outcome = dbtRunner(callbacks=callbacks).invoke([command, *_options(home), *arguments])
        finally:
            _close_warehouse()
            _close_log()
    results = list(getattr(outcome.result, "results", None) or [])
    if not outcome.success:
        raise ModelFailed(_reasons(outcome.exception, results))
    return results


def _forget_old_parse(home: Home) -> None:
    """Partial parsing saves seconds on an unchanged project, and after a change it can miss dependencies (a macro
    moved to another file fails every model that calls it): what was parsed of another project is dropped. By content:
    a copied or unpacked project keeps dates older than what was parsed of the one before."""
    project, parsed_of = project_digest(), _parsed_of(home)
    if parsed_of.exists() and parsed_of.read_text(encoding="utf-8") == project:
        return
    for parsed in (_PARSED, _MANIFEST):
        (target(home) / parsed).unlink(missing_ok=True)
    replace_bytes(parsed_of, project.encode())


def _parsed_of(home: Home) -> Path:
    """Says of which project the files beside it were parsed."""
    return target(home) / "parsed_of"


def _options(home: Home) -> list[str]:
    return [
        *("--project-dir", str(DBT_PROJECT)),
        *("--profiles-dir", str(DBT_PROJECT)),
        *("--target-path", str(target(home))),
        *("--log-path", str(home.build.parent / "dbt_logs")),
        # What a person must know comes back as ModelFailed; the whole story is in the log file.
        *("--log-level", "none"),
        *("--log-level-file", "warn"),
    ]


@contextmanager
def _set(variables: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _reporter(progress: Progress) -> Callable[[object], None]:
    def report(event) -> None:
        total = _RESULT_EVENTS.get(event.info.name)
        if total:
            progress("model", event.data.index, getattr(event.data, total))

    return report


def _close_warehouse() -> None:
    """dbt-duckdb keeps its environment for the life of the process; while its file is open, no other process
    can read it, and this one cannot open it read-only."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415

    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
    DuckDBConnectionManager.close_all_connections()


def _close_log() -> None:
    """dbt leaves its log file open until the next command opens another."""
    log = logging.getLogger("file_log")
    for handler in list(log.handlers):
        log.removeHandler(handler)
        handler.close()


def _reasons(exception: BaseException | None, results: list) -> list[str]:
    failing = [result for result in results if result.status.value in ("error", "fail", "partial success")]
    reasons = [f"{result.node.name}: {_one_line(result.message)}" for result in failing]
    if exception is not None:
        reasons.append(_one_line(str(exception)))
    return reasons or ["dbt failed without a reason; see dbt_logs/dbt.log beside the build file"]


def _one_line(message: str | None) -> str:
    return " ".join((message or "").split())


def project_digest() -> str:
    """A digest of everything that dbt parses."""
    digest = hashlib.sha256()
    for path in sorted(
        {path for pattern in _SOURCES for path in DBT_PROJECT.glob(pattern) if path.is_file()}
    ):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(DBT_PROJECT)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
