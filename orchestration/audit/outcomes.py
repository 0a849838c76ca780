"""How each rule stands over the province: its verdicts in force, added up, with a few cells as examples.

Belongs here: adding up what was judged. Does not belong here: judging.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import duckdb

from expectations import catalogue
from orchestration.audit.files import standing_file_verdicts
from orchestration.audit.structure import STRUCTURE
from orchestration.audit.warehouse import open_build, period_states, standing_verdicts
from orchestration.home import Home

EXAMPLES = 3


@dataclass(slots=True)
class PeriodOutcome:
    """One rule in one period: verdicts by outcome, rows that failed, and the units whose they are."""

    passed: int = 0
    failed: int = 0
    could_not_run: int = 0
    rows_failed: int = 0
    units: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """Failed outweighs could not run, which outweighs passed."""
        if self.failed:
            return "failed"
        return "could_not_run" if self.could_not_run else "passed"


@dataclass(slots=True)
class Outcome:
    """One rule on one dataset: verdicts by outcome, rows checked and failed, and who failed; ``by_period`` the same of each.

    ``dataset`` is None for what was found of workbooks as a whole.
    """

    rule_code: str
    dataset: str | None
    severity: str
    scope: str
    passed: int = 0
    failed: int = 0
    could_not_run: int = 0
    rows_checked: int = 0
    rows_failed: int = 0
    units: list[str] = field(default_factory=list)
    verdict_ids: list[str] = field(default_factory=list)  # of those that failed
    examples: list[dict] = field(default_factory=list)
    by_period: dict[str, PeriodOutcome] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        return PeriodOutcome(self.passed, self.failed, self.could_not_run).verdict


def rule_outcomes(home: Home) -> list[Outcome]:
    """Every rule that has judged anything, by dataset and code. Raises FileNotFoundError without a build."""
    with open_build(home) as connection:
        states = period_states(connection)
    verdicts = [*standing_file_verdicts(home, list(states)), *standing_verdicts(home, states)]
    # Verdicts are never removed, so some are of rules that are no longer in force.
    in_force = {*catalogue(), *STRUCTURE}
    outcomes = add_up(verdict for verdict in verdicts if verdict["rule_code"] in in_force)
    _exemplify(home, outcomes, list(states))
    return outcomes


def add_up(verdicts: Iterable[dict]) -> list[Outcome]:
    """Standing verdicts (dicts as in ``lake.VERDICTS``) by rule and dataset."""
    outcomes: dict[tuple[str | None, str], Outcome] = {}
    for verdict in verdicts:
        key = (verdict["dataset"], verdict["rule_code"])
        outcome = outcomes.setdefault(
            key, Outcome(verdict["rule_code"], verdict["dataset"], verdict["severity"], verdict["scope"])
        )
        outcome.rows_checked += verdict["checked"]
        _count(outcome, verdict)
        _count(outcome.by_period.setdefault(verdict["reporting_period"], PeriodOutcome()), verdict)
        if verdict["outcome"] == "failed":
            outcome.verdict_ids.append(verdict["verdict_id"])
    return [outcomes[key] for key in sorted(outcomes, key=lambda key: (key[0] or "", key[1]))]


def _count(outcome: Outcome | PeriodOutcome, verdict: dict) -> None:
    setattr(outcome, verdict["outcome"], getattr(outcome, verdict["outcome"]) + 1)
    outcome.rows_failed += verdict["failed"]
    if verdict["outcome"] == "failed" and verdict.get("unit_code") not in (None, *outcome.units):
        outcome.units.append(verdict["unit_code"])


def _exemplify(home: Home, outcomes: list[Outcome], periods: list[str]) -> None:
    """Gives each failing rule a few failures: unit, sheet, cells, found and expected. Those of the last period first;
    ``periods`` are in calendar order, in which texts of months and weeks are not."""
    failing = {(o.dataset, o.rule_code): o for o in outcomes if o.verdict_ids}
    if not failing:
        return
    wanted = [verdict_id for outcome in failing.values() for verdict_id in outcome.verdict_ids]
    with duckdb.connect() as connection:
        rows = connection.execute(
            """
            select dataset, rule_code, reporting_period, unit_code, source_sheet, cells, found, expected
            from read_parquet($files, hive_partitioning = true, hive_types = {'reporting_period': varchar})
            where verdict_id in (select unnest($wanted))
            qualify row_number() over (
                partition by dataset, rule_code
                order by list_position($periods, reporting_period) desc, unit_code, source_sheet,
                    source_row nulls last, cells
            ) <= $examples
            order by dataset, rule_code, list_position($periods, reporting_period) desc, unit_code, source_sheet,
                source_row nulls last""",
            {
                "files": f"{home.lake}/failures/*/*.parquet",
                "wanted": wanted,
                "examples": EXAMPLES,
                "periods": periods,
            },
        ).fetchall()
    names = ("reporting_period", "unit_code", "source_sheet", "cells", "found", "expected")
    for dataset, rule_code, *values in rows:
        failing[dataset, rule_code].examples.append(dict(zip(names, values, strict=True)))
