"""What is known at the end of a night, for the screen and as JSON.

Everything is read from what the night left (the register, the warehouse, the verdicts), so that a night with
nothing to do can say how things stand too. Belongs here: collecting. Does not belong here: deciding anything, and
printing (``screen``).
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from decimal import ROUND_HALF_UP, Decimal

import duckdb

from expectations import catalogue
from orchestration.audit.decisions import waived_rules
from orchestration.audit.structure import STRUCTURE
from orchestration.cards import UNIT_FACTORS
from orchestration.dagster_home import log_file
from orchestration.home import Home
from orchestration.model.as_of import Past
from orchestration.night import STEPS, is_landable
from orchestration.nightly import Run
from orchestration.pending import base_periods
from orchestration.periods import parse_period, previous
from orchestration.publish.held import PublishHeld
from orchestration.receive.register import Register
from orchestration.report.bulletin import Figure, NoFigures, figures
from orchestration.report.site.due import PROVINCE_PAGE, site_folder
from orchestration.rulings import load_rulings
from orchestration.storage_trouble import said_of
from orchestration.units import ReportingUnits

MAIN_FIGURES = (
    "bridging_funds_central_provincial",
    "bridging_funds_allotted_to_counties",
    "project_pool_projects",
    "project_pool_funds",
    "projects_arranged",
    "projects_started",
    "project_start_rate",
    "monitored_households_total",
    "monitored_people_total",
    "resident_work_teams",
    "resident_workers",
    "employment_lifted_labour",
    "microcredit_amount",
    "microcredit_households",
    "recognised_products_total",
    "recognised_products_output_value",
    "ew_consumption_assistance_sales",
    "hotline_12317_calls_received",
)

# What was accepted and then corrected by a later version is none of the night's concern.
_STATUS_QUERY = """
    select case when status like 'accepted%' and not is_current then 'superseded' else status end as standing, count(*)
    from marts.dim_submission group by 1 order by 1"""

_REPORTED_QUERY = """
    select reporting_period from marts.dim_period where reporting_period in (
        select reporting_period from marts.rpt_figures where cadence in ('week', 'month')
    ) order by end_on"""


@dataclass(slots=True)
class Shown:
    """One main figure: as published, as the bureau's 汇总表 states it, and as it was the period before."""

    figure_key: str
    label: str
    display: str
    stated: str | None
    previous: str | None


@dataclass(slots=True)
class Failing:
    """A rule that some unit's latest submission, or the province, does not pass: rows at fault by unit.

    A unit with no row at fault is one for which the rule could not run. Against those ``waived`` it is not held.
    """

    rule_code: str
    title: str
    severity: str
    units: dict[str, int] = field(default_factory=dict)
    waived: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Summary:
    """A night as it ended. ``periods``: the months and weeks worked on; ``waiting``: what is registered for a period that
    nobody reports on; ``unfinished``: steps that failed after the publication stood, and why. Paths are text; seconds are wall seconds; memory is in MB."""

    outcome: str  # published | standing | nothing_received | held | failed
    period: str | None
    periods: list[str]
    received: int
    new: int
    submissions: dict[str, int]
    unreadable: list[dict]
    waiting: list[str]
    failing: list[Failing]
    rules: dict[str, int]
    blocking: list[str]
    figures: list[Shown]
    published: str | None
    receipts: str | None
    receipts_written: int
    bulletins: list[str]
    seconds: float
    seconds_by_step: dict[str, float]
    peak_memory_mb: dict[str, int]
    error: str | None
    log: str
    unfinished: dict[str, str] = field(default_factory=dict)
    site: str | None = None
    alerts: list[str] = field(default_factory=list)


def summarise(home: Home, run: Run, alerts: Sequence[str] = ()) -> Summary:
    """Collects the summary of a night that has ended; ``alerts``: what was told of it, in Chinese lines."""
    with Register(home.register) as register:
        registered = register.submissions()
    period = main_period(run.periods or base_periods(home))
    received = run.night.results.get("receive")
    return Summary(
        outcome=_outcome(run, period),
        period=period,
        periods=list(run.periods),
        received=len(registered),
        new=len(received.new) if received else 0,
        submissions=_by_status(home),
        unreadable=[
            {"file": s.file_name, "code": s.problem_code, "why": s.problem_text}
            for s in (received.unreadable if received else [])
        ],
        waiting=sorted(s.submission_id for s in registered if s.problem_code is None and not is_landable(s)),
        failing=failing_rules(home, run),
        rules=_rules(run),
        blocking=[str(reason) for reason in getattr(run.error, "reasons", [])],
        figures=main_figures(home, period) if period else [],
        published=str(home.warehouse) if home.warehouse.exists() else None,
        receipts=str(home.receipts) if home.receipts.exists() else None,
        receipts_written=getattr(run.night.results.get("receipts"), "written", 0),
        bulletins=[
            str(path) for path in sorted((home.bulletins / (period or "")).glob("*.*")) if path.is_file()
        ],
        seconds=round(run.seconds, 2),
        seconds_by_step={step: round(seconds, 2) for step, seconds in run.night.seconds.items()},
        peak_memory_mb=_peak_memory(),
        error=None if run.error is None else _words_of(run.error),
        log=str(log_file(home)),
        unfinished=_unfinished(run),
        site=_site(home),
        alerts=list(alerts),
    )


@dataclass(slots=True)
class PastSummary:
    """The province as known at a past publication. Moments are ISO, UTC; paths are text; seconds are wall seconds."""

    publication: int
    published_at: str
    known_until: str
    period: str | None
    submissions: dict[str, int]
    figures: list[Shown]
    warehouse: str
    seconds: float


def summarise_past(past: Past, seconds: float) -> PastSummary:
    """What readers had after that publication."""
    with duckdb.connect(str(past.home.warehouse), read_only=True) as connection:
        reported = connection.execute(_REPORTED_QUERY).fetchall()
    period = main_period([key for (key,) in reported])
    return PastSummary(
        publication=past.publication.number,
        published_at=past.publication.published_at.isoformat(),
        known_until=past.publication.known_until.isoformat(),
        period=period,
        submissions=_by_status(past.home),
        figures=main_figures(past.home, period) if period else [],
        warehouse=str(past.home.warehouse),
        seconds=round(seconds, 2),
    )


def main_period(periods: Sequence[str]) -> str | None:
    """The period whose main figures are shown: of those in the order in which they end the last month, or the last week
    where there is no month."""
    months = [key for key in periods if parse_period(key).cadence == "month"]
    return next(reversed(months or list(periods)), None)


def _site(home: Home) -> str | None:
    """The province's page of the site, where there is one."""
    page = site_folder(home) / PROVINCE_PAGE
    return str(page) if page.exists() else None


def _unfinished(run: Run) -> dict[str, str]:
    """What failed of that which follows a publication, where nothing else did: readers have the figures all the same."""
    steps = list(STEPS)
    following = steps[steps.index("publish") + 1 :]
    errors = run.night.errors
    if not set(errors) <= set(following):
        return {}
    return {step: _words_of(errors[step]) for step in following if step in errors}


def _words_of(error: Exception) -> str:
    """What a step's error says; what to do, where it is the disk's."""
    return said_of(error) or str(error)


def _outcome(run: Run, period: str | None) -> str:
    if isinstance(run.error, PublishHeld):
        return "held"
    if run.error is not None and not _unfinished(run):
        return "failed"
    if run.periods:
        return "published"
    return "standing" if period else "nothing_received"


def _by_status(home: Home) -> dict[str, int]:
    """Submissions by status, in the warehouse that readers have."""
    if not home.warehouse.exists():
        return {}
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return dict(connection.execute(_STATUS_QUERY).fetchall())


def _audits(run: Run) -> list:
    return [
        run.night.results[step] for step in ("audit_files", "audit_warehouse") if step in run.night.results
    ]


def _rules(run: Run) -> dict[str, int]:
    """Rules by outcome; each counts once, by its worst verdict. Empty when the night audited nothing."""
    names = ("rules", "passed", "failed", "could_not_run")
    audits = _audits(run)
    return {name: sum(getattr(audited, name) for audited in audits) for name in names} if audits else {}


def failing_rules(home: Home, run: Run) -> list[Failing]:
    """Rules not passed tonight and the units concerned, errors first."""
    if not _audits(run):
        return []  # also when it is the rulings that cannot be read
    units = ReportingUnits(home.units_csv)
    rules = {**STRUCTURE, **catalogue()}
    waived = _waived(home)
    found: dict[str, Failing] = {}
    for verdict in (verdict for audited in _audits(run) for verdict in audited.failing):
        code = verdict["rule_code"]
        if code not in rules:
            continue  # verdicts stay when a rule is withdrawn
        entry = found.setdefault(code, Failing(code, rules[code].title_zh, verdict["severity"]))
        unit = units.by_code(verdict.get("unit_code")) or units.province
        entry.units[unit.name] = entry.units.get(unit.name, 0) + verdict["failed"]
        if (verdict["submission_id"], code) in waived and unit.name not in entry.waived:
            entry.waived.append(unit.name)
    return sorted(found.values(), key=lambda entry: (entry.severity, entry.rule_code))


def _waived(home: Home) -> set[tuple[str, str]]:
    """Submissions and the rules that are not held against them."""
    with Register(home.register) as register:
        received = [
            (s.submission_id, s.unit_code, s.reporting_period, s.received_at) for s in register.submissions()
        ]
    rows = waived_rules(received, load_rulings(home).waivers)
    return {(row["submission_id"], row["rule_code"]) for row in rows}


def main_figures(home: Home, period: str) -> list[Shown]:
    """The article's main figures of the province; none when nothing is published."""
    if not home.warehouse.exists():
        return []
    province = ReportingUnits(home.units_csv).province.code
    now = _figures(home, period, province)
    before = _figures(home, previous(parse_period(period)).key, province)
    stated = _stated(home, period, province)
    return [
        Shown(key, now[key].label, now[key].display, stated.get(key), _display(before.get(key)))
        for key in MAIN_FIGURES
        if key in now and now[key].value is not None
    ]


def _figures(home: Home, period: str, unit_code: str) -> dict[str, Figure]:
    try:
        return {figure.key: figure for figure in figures(home.warehouse, period, unit_code)}
    except NoFigures:
        return {}


def _display(figure: Figure | None) -> str | None:
    return figure.display if figure is not None and figure.value is not None else None


def _stated(home: Home, period: str, unit_code: str) -> dict[str, str]:
    """What the unit's 汇总表 states, as it states it."""
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select figure_key, value, unit, decimals from marts.fct_stated_totals "
            "where reporting_period = ? and unit_code = ? and figure_key is not null",
            [period, unit_code],
        ).fetchall()
    return {key: say_stated(value, unit, decimals) for key, value, unit, decimals in rows}


def say_stated(value: Decimal, unit: str, decimals: int) -> str:
    """A value in base unit as a unit states it: 32200 in 万户 with two decimals is ``3.22万户``."""
    factor = Decimal(UNIT_FACTORS[unit][1])
    return f"{(value / factor).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)}{unit}"


def _peak_memory() -> dict[str, int]:
    """Peak resident memory of this process, and of the largest of its workers."""
    scale = 1024 * 1024 if sys.platform == "darwin" else 1024
    return {
        "process": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // scale,
        "largest_worker": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // scale,
    }


def as_json(summary: Summary | PastSummary) -> dict:
    """The summary as ``zhenxing nightly --json`` prints it."""
    return asdict(summary)
