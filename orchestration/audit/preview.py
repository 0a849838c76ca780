"""What a rule would have found, had it been in force: run over everything that was ever landed, recording nothing.

A file rule is asked of every landed submission of every period, earlier versions included, on the same tables as
a night's audit. A bureau rule is asked of the warehouse as built last, and so speaks of the submissions in force.

Belongs here: asking, and adding up by period and unit. Does not belong here: verdicts (``files``, ``warehouse``) and
what is shown on a terminal (``preview_screen``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

import duckdb
import pyarrow as pa

from expectations.rule import Rule
from orchestration import lake
from orchestration.audit.engine import BAD_ROWS, judge
from orchestration.audit.files import load_batch, load_period
from orchestration.audit.judging import judge_batch, load_rules
from orchestration.audit.tables import standing_decisions
from orchestration.audit.verdicts import Judgement
from orchestration.audit.warehouse import open_build
from orchestration.audit.workspace import furnish
from orchestration.home import Home
from orchestration.periods import in_time, parse_period
from orchestration.progress import Progress
from orchestration.units import ReportingUnits

EXAMPLES = 3


class CouldNotRun(Exception):
    """The rule has no answer on this home; the message is the engine's."""


@dataclass(slots=True)
class Hit:
    """One unit in one period. ``submissions`` were judged and ``hit`` of them have bad rows; ``held_back`` of those
    are accepted today and would be returned by an error. ``examples``: submission_id, cells, found, expected."""

    reporting_period: str
    unit_code: str
    unit_name: str
    submissions: int
    rows_judged: int
    hit: int = 0
    rows: int = 0
    held_back: int = 0
    examples: list[dict] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Preview:
    """A rule over all periods. ``units`` are all that were judged, by period and code, hit or not.

    For a bureau rule a unit counts as one submission, the one in force, and nothing is held back: an error of
    the bureau blocks publication instead.
    """

    rule: Rule
    units: tuple[Hit, ...]

    def total(self, name: str) -> int:
        """Of ``submissions``, ``hit``, ``rows``, ``rows_judged`` or ``held_back``."""
        return sum(getattr(unit, name) for unit in self.units)

    @property
    def hits(self) -> list[Hit]:
        return [unit for unit in self.units if unit.hit]


def preview(home: Home, rule: Rule, *, progress: Progress | None = None) -> Preview:
    """Runs a rule, in force or not, and writes nothing. Raises CouldNotRun, and FileNotFoundError for a bureau rule
    where nothing was built yet."""
    find = _of_files if rule.scope == "file" else _of_warehouse
    names = ReportingUnits(home.units_csv)
    units = find(home, rule, progress)
    for unit in units:
        known = names.by_code(unit.unit_code)
        unit.unit_name = known.name if known else unit.unit_code
    by_code = sorted(units, key=lambda unit: unit.unit_code)
    return Preview(rule, tuple(sorted(by_code, key=lambda unit: parse_period(unit.reporting_period).end)))


def _of_files(home: Home, rule: Rule, progress: Progress | None) -> list[Hit]:
    lake.ensure_schema_files(home)
    accepted = _accepted(home, rule.dataset)
    landed = {batch.period for batch in lake.batches(home)}
    periods = [period.key for period in in_time(parse_period(key) for key in landed)]
    units: list[Hit] = []
    for done, period in enumerate(periods):
        if progress:
            progress(period, done, len(periods))
        units += _of_period(_judged(home, rule, period), accepted)
    return units


def _judged(home: Home, rule: Rule, period: str) -> Judgement:
    """The rule on every submission of the period that landed its sheet, judged before or not."""
    with duckdb.connect() as connection:
        load_period(connection, home, period)
        load_rules(connection, [rule])
        connection.execute("""
            create temp table due as
            select r.rule_code, s.submission_id
            from every_landed_sheets as s join rules_by_dataset as r on r.dataset = s.dataset
            where s.state = 'landed'""")
        load_batch(connection, home, period)
        furnish(connection, home.units_csv)
        _try(connection, rule)
        return judge_batch(connection, [rule], datetime.now(UTC))


def _try(connection: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """A verdict says that a rule could not run, and not why; its own query does."""
    try:
        connection.execute(rule.query).fetchone()
    except duckdb.Error as error:
        raise CouldNotRun(str(error).splitlines()[0]) from error


def _of_period(judgement: Judgement, accepted: set[str]) -> Iterator[Hit]:
    by_unit: dict[str, Hit] = {}
    for verdict in judgement.verdicts.to_pylist():
        code = verdict["unit_code"]
        unit = by_unit.setdefault(code, Hit(verdict["reporting_period"], code, code, 0, 0))
        unit.submissions += 1
        unit.rows_judged += verdict["checked"]
        unit.hit += verdict["outcome"] == "failed"
        unit.rows += verdict["failed"]
        unit.held_back += verdict["outcome"] == "failed" and verdict["submission_id"] in accepted
    for failure in judgement.failures.to_pylist():
        _exemplify(by_unit[failure["unit_code"]], failure)
    yield from by_unit.values()


def _exemplify(unit: Hit, failure: dict) -> None:
    if len(unit.examples) < EXAMPLES:
        names = ("submission_id", "source_sheet", "source_row", "cells", "found", "expected", "difference")
        unit.examples.append({name: failure.get(name) for name in names})


def _accepted(home: Home, dataset: str) -> set[str]:
    """The submissions whose dataset stands accepted by the last decision."""
    return {
        decision["submission_id"]
        for decision in standing_decisions(home)
        if (decision["dataset"], decision["state"]) == (dataset, "accepted")
    }


def _of_warehouse(home: Home, rule: Rule, progress: Progress | None) -> list[Hit]:
    if progress:
        progress("全省数据", 0, 1)
    with open_build(home) as connection:
        [finding] = judge(connection, [rule])
        if finding.could_not_run:
            raise CouldNotRun(finding.could_not_run)
        judged = connection.execute(
            f"select reporting_period, unit_code, count(*) from {rule.over} group by all"
        ).fetchall()
        bad = connection.execute(f"from {BAD_ROWS} order by all").to_arrow_table()
    units = {(period, code): Hit(period, code, code, 1, rows) for period, code, rows in judged}
    return list(_with_bad_rows(units, bad).values())


def _with_bad_rows(units: dict[tuple[str, str], Hit], bad: pa.Table) -> dict[tuple[str, str], Hit]:
    for row in bad.to_pylist():
        key = (row["reporting_period"], row["unit_code"])
        unit = units.setdefault(key, Hit(*key, row["unit_code"], 1, 0))
        unit.hit = 1
        unit.rows += 1
        _exemplify(unit, row)
    return units


def as_json(found: Preview) -> dict:
    """The preview as plain data: the rule, the totals, and every unit hit, with examples."""
    rule = found.rule
    totals = ("submissions", "hit", "rows_judged", "rows", "held_back")
    return {
        "rule": rule.code,
        "version": rule.version,
        "title_zh": rule.title_zh,
        "dataset": rule.dataset,
        "scope": rule.scope,
        "severity": rule.severity,
        "draft": rule.draft,
        "periods": list(dict.fromkeys(unit.reporting_period for unit in found.units)),
        **{name: found.total(name) for name in totals},
        "units": [asdict(unit) for unit in found.hits],
    }


def listed(rules: Iterable[Rule]) -> list[dict]:
    """Rules as plain data, in code order."""
    return [
        {
            "rule": rule.code,
            "version": rule.version,
            "severity": rule.severity,
            "scope": rule.scope,
            "dataset": rule.dataset,
            "title_zh": rule.title_zh,
            "missing": rule.missing,
            "draft": rule.draft,
            "source": rule.source,
        }
        for rule in sorted(rules, key=lambda rule: rule.code)
    ]
