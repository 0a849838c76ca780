"""One night's run over a home: what every stage is given, what it left, and whether the last one ended.

The assets of Dagster and ``zhenxing nightly`` share it. Belongs here: calling a stage and keeping what came of
it; what a night lands at all; when one is settled. Does not belong here: which periods it must work on (``pending``), what
a stage does, Dagster, and the screen.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from orchestration.home import Home
from orchestration.indicators import BASE_CADENCES
from orchestration.made_by import made_by
from orchestration.periods import month_of, parse_period
from orchestration.permissions import prepare, private_files
from orchestration.publish.held import put_back_now
from orchestration.publish.ledger import number_in
from orchestration.receive.register import Submission

# The first month a workbook may speak of, or in which its week may end: the province's registers began with 2021.
FIRST_MONTH = "2021-01"

# Every step of a night in its order, and its name on the screen. The audit runs twice, before and after the model.
STEPS = {
    "receive": "接收",
    "land": "入湖",
    "audit_files": "审核工作簿",
    "model": "建模",
    "audit_warehouse": "审核全省",
    "publish": "发布",
    "postgres": "写入 PostgreSQL",
    "receipts": "写回执",
    "restatements": "写更正公告",
    "warnings": "写预警名单",
    "report": "通报",
    "site": "写网站",
    "documentation": "写文档",
}


class Watcher(Protocol):
    """Sees a night at work."""

    def preparing(self, what: str) -> None: ...

    def started(self, step: str) -> None: ...

    def progressed(self, step: str, what: str, done: int, total: int) -> None: ...

    def finished(self, step: str, seconds: float, error: Exception | None) -> None: ...


@dataclass
class Night:
    """A home, who watches, and what each step returned, took or raised. A Dagster resource, and nothing of it.

    ``quiet_seconds``: how long a file must not have been touched to be received, where nobody is there who put it in.
    ``raising``: what to raise in place of an error, where nobody is there who would try again. ``owed``: the periods that were
    pending when the run began; one that reports on all of them settles.
    """

    home: Home
    watcher: Watcher | None = None
    quiet_seconds: float = 0.0
    raising: Callable[[Exception], Exception] | None = None
    owed: tuple[str, ...] = ()
    results: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    errors: dict[str, Exception] = field(default_factory=dict)

    def run(self, step: str, function: Callable[..., Any], **arguments: Any) -> Any:
        """``function(home, **arguments)``, timed, watched and kept, in a home whose folders are open to whom they are for.
        What it raises is kept and raised on."""
        if self.watcher:
            self.watcher.started(step)
        started = time.perf_counter()
        error = None
        self.errors.pop(step, None)  # a step may be tried again
        try:
            prepare(self.home)
            with private_files():
                self.results[step] = function(self.home, **arguments)
        except Exception as raised:
            self.errors[step] = error = _explained(self.home, raised)
            instead = self.raising(error) if self.raising else error
            if instead is raised:
                raise
            raise instead from raised
        finally:
            seconds = time.perf_counter() - started
            self.seconds[step] = self.seconds.get(step, 0.0) + seconds
            if self.watcher:
                self.watcher.finished(step, seconds, error)
        return self.results[step]

    def progress(self, step: str) -> Callable[[str, int, int], None]:
        """The ``progress`` a step's function takes."""

        def progressed(what: str, done: int, total: int) -> None:
            if self.watcher:
                self.watcher.progressed(step, what, done, total)

        return progressed


def _explained(home: Home, error: Exception) -> Exception:
    from orchestration.scrub.night import explained  # noqa: PLC0415  (landing stands on this module)

    return explained(home, error)


def is_landable(submission: Submission) -> bool:
    """Whether the night lands it: readable, and of a month or week since 2021."""
    return submission.problem_code is None and is_reported(submission.reporting_period)


def is_reported(period: str | None) -> bool:
    """Whether units report on it: a month since 2021, or a week that ends in one."""
    try:
        asked = parse_period(period or "")
    except ValueError:
        return False
    return asked.cadence in BASE_CADENCES and month_of(asked) >= FIRST_MONTH


def is_settled(home: Home) -> bool:
    """Whether the last publication ended, and was made by the code, rules, models and rulings of today. One that was put
    back never is: what was received since is worked on every night, and published by the first one after its release."""
    path = _settled_file(home)
    settled = path.exists() and json.loads(path.read_text(encoding="utf-8")) == _settlement(home)
    return settled and put_back_now(home) is None


def settle(home: Home) -> None:
    """Remembers what the publication was made by. Called once it is published and all that was owed and follows it is
    written."""
    path = _settled_file(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_settlement(home)) + "\n", encoding="utf-8")


def last_made_by(home: Home) -> str | None:
    """What the last publication was made by, as ``made_by``; None before the first one has ended."""
    path = _settled_file(home)
    return json.loads(path.read_text(encoding="utf-8"))["made_by"] if path.exists() else None


def unsettle(home: Home) -> None:
    """Makes every period pending, as after a change of the code: what was landed is no longer what was published."""
    _settled_file(home).unlink(missing_ok=True)


def _settlement(home: Home) -> dict:
    """A publication killed after its file took its place is settled by the next night: its copies are not there."""
    return {"made_by": made_by(home), "publication": number_in(home.warehouse)}


def _settled_file(home: Home) -> Path:
    return home.dagster / "settled.json"
