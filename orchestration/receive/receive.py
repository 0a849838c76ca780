"""Takes in what lies in the inbox: archives every byte, reads the covers, registers. Rerunning changes nothing.

Belongs here: the order of these steps. Does not belong here: reading sheets (land), which files count (inbox).
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from orchestration import clock, personal
from orchestration.cards import load_cards
from orchestration.home import Home
from orchestration.layout import COVER_SHEET
from orchestration.periods import day_of, parse_period
from orchestration.permissions import private_folder, tighten
from orchestration.progress import Progress
from orchestration.receive.archive import Archive, StillChanging, Stored
from orchestration.receive.cover import Cover, Problem, read_cover
from orchestration.receive.guard import Result, run_guarded
from orchestration.receive.inbox import InboxFile, readable, scan
from orchestration.receive.readers import read_workbook
from orchestration.receive.readers.wanted import sheet_key
from orchestration.receive.register import Arrival, Register, Submission
from orchestration.units import reporting_units

BATCH_FILES = 256  # registered together; a killed night repeats at most this many covers
MEMORY_BYTES = 1536 * 2**20
SECONDS_PER_FILE = 60.0


@dataclass(slots=True)
class Received:
    """What a receipt did: submissions registered, those of them that cannot take part, and how many files
    were known already. ``waiting`` names files left for next time because they are still being written."""

    new: list[Submission] = field(default_factory=list)
    unchanged: int = 0
    unreadable: list[Submission] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A file of the inbox and where the archive keeps its content."""

    file: InboxFile
    stored: Stored


@dataclass(frozen=True, slots=True)
class _CoverTask:
    path: Path
    units_csv: Path


def receive(
    home: Home,
    *,
    received_at: datetime | None = None,
    quiet_seconds: float = 0.0,
    progress: Progress | None = None,
) -> Received:
    """Archives and registers every file of the inbox not taken before, one register row per content.

    ``received_at`` is the moment of the first file (default: now); each further file of the night, in order
    of its own time, comes a microsecond later, so that the later of two equal versions is the current one.
    A file touched within the last ``quiet_seconds`` waits for the next night: nobody may be there to say that it is whole.
    Killed at any instant and run again, the outcome is the same. Raises Exposed in production, before anything is taken.
    """
    received = Received()
    with _alone(home), Register(home.register) as register:
        moment = (received_at or clock.moment(home)).astimezone(UTC)
        tighten(home)
        archive = Archive(home.archive)
        archive.sweep()
        inbox = scan(home.inbox, quiet_seconds=quiet_seconds)
        received.waiting += inbox.waiting
        arrived = [f for f in inbox.files if not register.knows_file(f.name, f.size, f.mtime_ns)]
        received.unchanged = len(inbox.files) - len(arrived)
        for first in range(0, len(arrived), BATCH_FILES):
            batch = arrived[first : first + BATCH_FILES]
            taken = list(_archive(batch, archive, received, progress))
            moments = [moment + timedelta(microseconds=first + offset) for offset in range(len(taken))]
            _register(home, register, taken, moments, received, progress=progress)
    return received


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """One receipt at a time: a second one waits here until the first is done."""
    private_folder(home.archive)
    with (home.archive / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _archive(
    files: list[InboxFile], archive: Archive, received: Received, progress: Progress | None
) -> Iterator[_Taken]:
    for number, file in enumerate(files, 1):
        try:
            yield _Taken(file, archive.store(file.path))
        except (StillChanging, FileNotFoundError, PermissionError):
            received.waiting.append(file.name)
        if progress:
            progress("archive", number, len(files))


def _register(
    home: Home,
    register: Register,
    taken: list[_Taken],
    moments: list[datetime],
    received: Received,
    *,
    progress: Progress | None,
) -> None:
    """Judges the contents not known yet, and those refused before, and records all in one transaction."""
    unknown: dict[str, tuple[_Taken, datetime]] = {}
    for one, moment in zip(taken, moments, strict=True):
        before = register.by_sha256(one.stored.sha256)
        if before is None or before.problem_code is not None:
            unknown.setdefault(one.stored.sha256, (one, moment))
    tasks = [_CoverTask(home.archive / one.stored.path, home.units_csv) for one, _ in unknown.values()]
    results = _read_covers(tasks, progress)
    new = [
        _submission(one.file.file_name, one.stored, moment, result)
        for (one, moment), result in zip(unknown.values(), results, strict=True)
    ]
    register.record(
        new,
        [
            Arrival(one.file.name, one.file.size, one.file.mtime_ns, one.stored.sha256, moment)
            for one, moment in zip(taken, moments, strict=True)
        ],
    )
    received.new += new
    received.unreadable += [submission for submission in new if submission.problem_code]
    received.unchanged += len(taken) - len(new)


def identify(
    files: Sequence[tuple[Path, str]], units_csv: Path, moment: datetime, progress: Progress | None = None
) -> list[Submission]:
    """What each file (with its SHA-256) would be registered as if it were received at a moment. Nothing is kept."""
    results = _read_covers([_CoverTask(path, units_csv) for path, _ in files], progress)
    return [
        _submission(readable(Path(path.name)), Stored(sha256, path.name), moment, result)
        for (path, sha256), result in zip(files, results, strict=True)
    ]


def _read_covers(tasks: Sequence[_CoverTask], progress: Progress | None) -> list[Result]:
    return run_guarded(
        read_cover_of,
        tasks,
        memory_bytes=MEMORY_BYTES,
        seconds_per_item=SECONDS_PER_FILE,
        progress=progress,
        what="read covers",
    )


def read_cover_of(task: _CoverTask) -> tuple[str, Cover]:
    """In a worker: the format of a file and its cover. Raises UnreadableFile."""
    workbook = read_workbook(task.path, {COVER_SHEET})
    if not workbook.sheets:
        # No cover: the answer says what the file is instead, and that it cannot be read if that is so.
        workbook = read_workbook(task.path)
    return workbook.format, read_cover(workbook, reporting_units(task.units_csv))


def _submission(file_name: str, stored: Stored, moment: datetime, result: Result) -> Submission:
    file_format, cover = result.value or (None, Cover())
    code, text = result.error_code, result.error_text
    problems = [*cover.problems, *_too_early(cover.reporting_period, moment)]
    if problems:
        code = problems[0].code
        text = "".join(problem.text_zh for problem in problems)
    # What a sender wrote is repeated to readers of the receipt and the warehouse.
    file_name, text = personal.hide(file_name), text and personal.hide(text)
    identified = cover.unit is not None and cover.reporting_period is not None
    sender = f"{cover.unit.code}-{cover.reporting_period}" if identified else "unreadable"
    return Submission(
        submission_id=f"{sender}-{stored.sha256[:8]}",
        sha256=stored.sha256,
        file_name=file_name,
        archive_path=stored.path,
        format=file_format,
        unit_code=cover.unit.code if cover.unit else None,
        unit_name=cover.unit.name if cover.unit else None,
        reporting_period=cover.reporting_period,
        cadence=cover.cadence,
        version=cover.version,
        received_at=moment,
        nil_datasets=_nil_datasets(cover.nil_sheets),
        problem_code=code,
        problem_text=text,
        problem_cells=",".join(cover.cells_of(problems)) or None,
    )


def _too_early(period: str | None, moment: datetime) -> list[Problem]:
    """A period that has not begun where the bureau is: a slip on the cover, for nobody can know its figures."""
    if period is None or parse_period(period).start <= day_of(moment):
        return []
    text = f"封面上的报告期 {period} 还没有开始。请核对年份和月份。"
    return [Problem("C-FUTURE", text)]


def _nil_datasets(nil_sheets: tuple[str, ...]) -> tuple[str, ...]:
    """The datasets whose sheets are declared nil. A name no card has declares nothing: the sheet stays owed."""
    named = {sheet_key(name) for name in nil_sheets}
    return tuple(dataset for dataset, card in load_cards().items() if sheet_key(card.sheet) in named)
