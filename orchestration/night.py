"""One night's run over a home: what every stage is given, what it left, and which periods a night must work on.

The assets of Dagster and ``zhenxing nightly`` share it. Belongs here: calling a stage and keeping what came of
it; the question what is pending. Does not belong here: what a stage does, Dagster, and the screen.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import duckdb

from orchestration.home import Home
from orchestration.indicators import BASE_CADENCES
from orchestration.made_by import made_by
from orchestration.periods import SHANGHAI, in_time, month_of, parse_period
from orchestration.permissions import prepare, private_files
from orchestration.publish.held import put_back_now
from orchestration.publish.ledger import number_in
from orchestration.receive.register import Register, Submission

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
    """A home, who watches, and what each step returned, took or raised. A Dagster resource, and nothing of it."""

    home: Home
    watcher: Watcher | None = None
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
        try:
            prepare(self.home)
            with private_files():
                self.results[step] = function(self.home, **arguments)
        except Exception as raised:
            self.errors[step] = error = raised
            raise
        finally:
            self.seconds[step] = time.perf_counter() - started
            if self.watcher:
                self.watcher.finished(step, self.seconds[step], error)
        return self.results[step]

    def progress(self, step: str) -> Callable[[str, int, int], None]:
        """The ``progress`` a step's function takes."""

        def progressed(what: str, done: int, total: int) -> None:
            if self.watcher:
                self.watcher.progressed(step, what, done, total)

        return progressed


def pending_periods(home: Home) -> tuple[str, ...]:
    """The months a night must land, judge, model and report, in order; none when the publication stands.

    A week is worked on in the month in which it ends. A submission is pending until the published warehouse has
    judged it. From the earliest month with a pending one, every later month on which anyone reported is worked on
    too: its year-to-date figures stand on it. When a rule, a model, a ruling of the bureau or other code has changed
    since the last publication, every month is. A month or week whose due day has passed since is pending too, so that
    what is not there becomes overdue by itself. A file without a period (unreadable) is published with the latest
    month, as is a due day of a month that nobody has reported on. What nobody reports on (quarters and longer, for
    they are rolled up), and what lies before the first month, is registered and starts no night.
    """
    registered = _registered(home)
    months = sorted({_month(s) for s in registered if is_landable(s)})
    if not months:
        return ()
    if not is_settled(home):
        return tuple(months)
    published = _published(home)
    touched = [
        _month(s) if is_landable(s) else months[-1]
        for s in registered
        if _is_pending(s, published.get(s.submission_id))
    ]
    touched += [month if month in months else months[-1] for month in _come_due(home)]
    return tuple(month for month in months if touched and month >= min(touched))


def base_periods(home: Home, months: Collection[str] | None = None) -> tuple[str, ...]:
    """The months and weeks that anyone has reported on and that end in these months (default: in any), in the order
    in which they end."""
    found = {s.reporting_period for s in _registered(home) if is_landable(s)}
    periods = in_time(parse_period(key) for key in found)
    return tuple(period.key for period in periods if months is None or month_of(period) in months)


def _registered(home: Home) -> list[Submission]:
    with Register(home.register) as register:
        return register.submissions()


def _month(submission: Submission) -> str:
    return month_of(parse_period(submission.reporting_period))


def _is_pending(submission: Submission, status: str | None) -> bool:
    return status is None or (status == "pending" and is_landable(submission))


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


def _published(home: Home) -> dict[str, str]:
    """The status of each submission in the published warehouse."""
    if not home.warehouse.exists():
        return {}
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return dict(connection.execute("select submission_id, status from marts.dim_submission").fetchall())


def _come_due(home: Home) -> list[str]:
    """The months of what the published warehouse says is not due, though the day has passed since."""
    if not home.warehouse.exists():
        return []
    today = datetime.now(SHANGHAI).date()
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select distinct reporting_period from marts.rpt_submission_status "
            "where status = 'not_due' and due_on < ?",
            [today],
        ).fetchall()
    return [month_of(parse_period(period)) for (period,) in rows]


def is_settled(home: Home) -> bool:
    """Whether the last publication ended, and was made by the code, rules, models and rulings of today. One that was put
    back never is: what was received since is worked on every night, and published by the first one after its release."""
    path = _settled_file(home)
    settled = path.exists() and json.loads(path.read_text(encoding="utf-8")) == _settlement(home)
    return settled and put_back_now(home) is None


def settle(home: Home) -> None:
    """Remembers what the publication was made by. Called once it is published and all that follows it is written."""
    path = _settled_file(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_settlement(home)) + "\n", encoding="utf-8")


def unsettle(home: Home) -> None:
    """Makes every month pending, as after a change of the code: what was landed is no longer what was published."""
    _settled_file(home).unlink(missing_ok=True)


def _settlement(home: Home) -> dict:
    """A publication killed after its file took its place is settled by the next night: its copies are not there."""
    return {"made_by": made_by(home), "publication": number_in(home.warehouse)}


def _settled_file(home: Home) -> Path:
    return home.dagster / "settled.json"
