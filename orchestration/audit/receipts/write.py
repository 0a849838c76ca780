"""Writes the receipts of a home: one for every file received, whenever what is to be said of it has changed.

``var/receipts/<period>/<unit>/`` holds the answer to the unit's last file: ``receipt.json``, ``receipt.html`` and, when
cells are at fault, the marked workbook; answers to its earlier files lie below in ``earlier/<submission_id>/``, and those
to files of no known unit or period in ``unidentified/<submission_id>/``.

Belongs here: which receipts are due, and their files. Does not belong here: what they say (``compose``).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orchestration import lake
from orchestration.audit.receipts.compose import compose, standing_notes
from orchestration.audit.receipts.marking import MarkTask, mark_file
from orchestration.audit.receipts.page import render_page
from orchestration.audit.receipts.period import Found, find
from orchestration.audit.receipts.receipt import Receipt
from orchestration.audit.receipts.returned import marks_of, returned_name
from orchestration.files import replace_bytes
from orchestration.home import WARNING_LIST, Home
from orchestration.made_by import made_by
from orchestration.permissions import private_folder
from orchestration.progress import Progress
from orchestration.receive.guard import run_guarded
from orchestration.receive.register import Arrival, Register, Submission
from orchestration.rulings import load_rulings

JSON, PAGE, EARLIER, UNIDENTIFIED = "receipt.json", "receipt.html", "earlier", "unidentified"
MEMORY_BYTES = 1536 * 2**20
SECONDS_PER_FILE = 60.0


@dataclass(slots=True)
class Written:
    """Receipts written anew, those that stand, and how the written ones end."""

    written: int = 0
    standing: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    folders: list[Path] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _File:
    """A receipt, the file it answers, the folder it belongs into, and the name of the marked workbook, if any."""

    source: Path
    receipt: Receipt
    folder: Path
    returned: str | None


def receipts_due(home: Home) -> bool:
    """Whether anything received, found or ruled since the last writing asks for a receipt."""
    with Register(home.register) as register:
        groups = _groups(register.submissions(), register.arrivals())
    return bool(_due(home, groups))


def write_receipts(home: Home, *, progress: Progress | None = None) -> Written:
    """Writes what is due. Killed anywhere and run again, the outcome is the same: a period counts as written last."""
    with Register(home.register) as register:
        groups = _groups(register.submissions(), register.arrivals())
    _clear_leftovers(home)
    due = _due(home, groups)
    done = Written()
    for number, (key, state) in enumerate(due.items()):
        if progress:
            progress(f"回执 {key}", number, len(due))
        _write_group(home, key, groups[key], done)
        _remember(home, key, state)
    return done


def _clear_leftovers(home: Home) -> None:
    """Removes what a killed writing left half-written beside the states and in folders that stand since."""
    for leftover in sorted(home.receipts.rglob(".*.tmp")):
        leftover.unlink()


def write_checked(checked: Sequence[tuple[Path, Receipt]], out: Path) -> list[Path]:
    """Writes the receipts of files checked before they are sent, each into a folder of its own below ``out``."""
    folders = []
    for number, (source, receipt) in enumerate(checked, 1):
        name = Path(returned_name(receipt.file)).stem
        folder = out / (name if name not in {f.name for f in folders} else f"{name}_{number}")
        private_folder(folder)
        returned = returned_name(receipt.file) if receipt.datasets and receipt.problems else None
        _write_files([_File(source, receipt, folder, returned)])
        folders.append(folder)
    return folders


# Submissions and arrivals by reporting period; of each that has none, by ``unidentified/<submission_id>``.
_Group = tuple[list[Submission], list[Arrival]]


def _groups(submissions: Sequence[Submission], arrivals: Sequence[Arrival]) -> dict[str, _Group]:
    groups: dict[str, _Group] = defaultdict(lambda: ([], []))
    key_of = {}
    for submission in submissions:
        known = submission.unit_code and submission.reporting_period
        key = submission.reporting_period if known else f"{UNIDENTIFIED}/{submission.submission_id}"
        key_of[submission.sha256] = key
        groups[key][0].append(submission)
    for arrival in arrivals:
        groups[key_of[arrival.sha256]][1].append(arrival)
    return dict(sorted(groups.items()))


def _due(home: Home, groups: dict[str, _Group]) -> dict[str, str]:
    """The groups whose state is not the one written last, with that state."""
    made = made_by(home)
    states = {key: _state(home, key, group, made) for key, group in groups.items()}
    written = _remembered(home)
    return {key: state for key, state in states.items() if written.get(key) != state}


def _state(home: Home, key: str, group: _Group, made: str) -> str:
    """What a group's receipts are made of: who sent what, and the files that judged it, which are only added to."""
    folders = [lake.partition(home, table, key) for table in (*lake.RUN_CONTROL, "landed_sheets")]
    names = sorted(path.name for folder in folders for path in folder.glob("*.parquet"))
    return _digest(repr((made, group, names)).encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _states_file(home: Home) -> Path:
    return home.receipts / ".states.json"


def _remembered(home: Home) -> dict[str, str]:
    path = _states_file(home)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _remember(home: Home, key: str, state: str) -> None:
    states = {**_remembered(home), key: state}
    replace_bytes(_states_file(home), (json.dumps(states, indent=0, sort_keys=True) + "\n").encode())


def _write_group(home: Home, key: str, group: _Group, done: Written) -> None:
    submissions, arrivals = group
    found = (
        None
        if key.startswith(UNIDENTIFIED)
        else find(home, key, submissions, _known_changes(home, submissions))
    )
    files = _answers(home, submissions, arrivals, found)
    stale = [file for file in files if _is_stale(file)]
    _write_files(stale)
    for file in stale:
        _tidy(file)
        done.statuses[file.receipt.status_code] += 1
        done.folders.append(file.folder)
    done.written += len(stale)
    done.standing += len(files) - len(stale)


def _answers(
    home: Home, submissions: Sequence[Submission], arrivals: Sequence[Arrival], found: Found | None
) -> list[_File]:
    reopenings = load_rulings(home).reopenings
    files = []
    for tries in _by_sender(submissions).values():
        repeated = _repeated(tries, arrivals)
        for number, submission in enumerate(tries):
            material = found.materials.get(submission.submission_id) if found else None
            before = found.before(submission, tries[:number]) if found else None
            last = number == len(tries) - 1
            # A sender looks at the answer to the last file: what came again unchanged is said there whatever it was.
            again = [a for a in repeated if last or a.sha256 == submission.sha256]
            receipt = compose(submission, material, reopenings, before)
            noted = receipt.with_notes(standing_notes(submission, tries, again))
            # A file that could not be read, and one without problems, has nothing to be marked.
            marked = submission.format is not None and noted.problems
            files.append(
                _File(
                    home.archive / submission.archive_path,
                    noted,
                    _folder(home, submission, last),
                    returned_name(submission.file_name) if marked else None,
                )
            )
    return files


def _repeated(tries: Sequence[Submission], arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Files that came although their content had been received before."""
    received = {submission.sha256: submission.received_at for submission in tries}
    return [a for a in arrivals if a.sha256 in received and a.received_at > received[a.sha256]]


def _by_sender(submissions: Iterable[Submission]) -> dict[str, list[Submission]]:
    """Each unit's tries in order of receipt; one without a unit is alone."""
    senders: dict[str, list[Submission]] = defaultdict(list)
    for submission in sorted(submissions, key=lambda s: (s.received_at, s.submission_id)):
        known = submission.unit_code and submission.reporting_period
        senders[submission.unit_code if known else submission.submission_id].append(submission)
    return senders


def _folder(home: Home, submission: Submission, last: bool) -> Path:
    if not (submission.unit_code and submission.reporting_period):
        return home.receipts / UNIDENTIFIED / submission.submission_id
    unit = home.receipts / submission.reporting_period / submission.unit_code
    return unit if last else unit / EARLIER / submission.submission_id


def _known_changes(home: Home, submissions: Sequence[Submission]) -> dict[tuple[str, str], dict]:
    """Changed cells that a receipt written before already holds, by (before, after): two files never change."""
    known = {}
    for submission in submissions:
        for last in (True, False):
            path = _folder(home, submission, last) / JSON
            if path.exists():
                entry = json.loads(path.read_text(encoding="utf-8"))
                changes = entry["changes"]
                if changes and "cells" in changes:
                    names = ("cells", "cells_changed", "rows_added", "rows_removed")
                    known[changes["against"], entry["submission_id"]] = {
                        name: changes[name] for name in names
                    }
    return known


def _content(receipt: Receipt) -> bytes:
    return (json.dumps(receipt.to_json(), ensure_ascii=False, indent=1) + "\n").encode()


def _is_stale(file: _File) -> bool:
    path = file.folder / JSON
    return not path.exists() or path.read_bytes() != _content(file.receipt)


def _write_files(files: Sequence[_File]) -> None:
    """Marks workbooks in guarded workers, then writes page and JSON, the JSON last: with it the receipt stands.

    A workbook that cannot be marked costs its sender the colours, not the answer.
    """
    tasks = [
        MarkTask(file.source, marks_of(file.receipt.problems), file.folder / file.returned)
        for file in files
        if file.returned
    ]
    for task in tasks:
        task.target.unlink(missing_ok=True)
    run_guarded(
        mark_file,
        tasks,
        memory_bytes=MEMORY_BYTES,
        seconds_per_item=SECONDS_PER_FILE,
        what="mark workbooks",
    )
    for file in files:
        _finish(file)


def _finish(file: _File) -> None:
    returned = file.returned if file.returned and (file.folder / file.returned).exists() else None
    replace_bytes(file.folder / PAGE, render_page(file.receipt, returned).encode())
    replace_bytes(file.folder / JSON, _content(file.receipt))


def _tidy(file: _File) -> None:
    """Removes what an earlier answer left in the folder of the unit."""
    for path in file.folder.iterdir():
        if path.name not in (JSON, PAGE, file.returned, EARLIER, WARNING_LIST):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
