"""How each rule stood over the province in each period of a publication: counts alone, and no row, cell or value.

Belongs here: which verdicts stand and their sums. Does not belong here: judging (``audit``), who failed (receipts, the site), and
what the pages look like (``checks``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.report.query import query
from orchestration.report.standing import STANDING

PASSED, FAILED, COULD_NOT_RUN = "passed", "failed", "could_not_run"


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A rule in force, as published with the verdicts."""

    code: str
    version: int
    dataset: str
    severity: str
    scope: str
    title: str
    remedy: str
    source: str
    missing: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """One rule in one period: its verdicts that stand, added up. ``subjects`` are the workbooks judged, or 1, the province."""

    rule_code: str
    period: str
    subjects: int
    failing: int  # of the subjects, those that failed
    waived: int  # of the failing, those that a waiver covers
    crashed: int  # of the subjects, those the rule could not be run on
    checked: int  # rows
    failed: int  # rows

    @property
    def outcome(self) -> str:
        """Failed outweighs could not run, which outweighs passed."""
        if self.failing:
            return FAILED
        return COULD_NOT_RUN if self.crashed else PASSED


@dataclass(frozen=True, slots=True)
class Checked:
    """What a publication's rules found. ``periods`` are in calendar order, ``standings`` by period and rule."""

    publication: int
    published_at: str
    rules: dict[str, RuleWords]
    standings: dict[str, dict[str, Standing]]

    @property
    def periods(self) -> tuple[str, ...]:
        return tuple(self.standings)

    def total(self, standings: Iterable[Standing]) -> Total:
        found = list(standings)
        return Total(
            rules=len(found),
            passed=sum(each.outcome == PASSED for each in found),
            errors=sum(
                each.outcome == FAILED and self.rules[each.rule_code].severity == "error" for each in found
            ),
            warnings=sum(
                each.outcome == FAILED and self.rules[each.rule_code].severity != "error" for each in found
            ),
            crashed=sum(each.outcome == COULD_NOT_RUN for each in found),
            rows_checked=sum(each.checked for each in found),
            rows_failed=sum(each.failed for each in found),
        )


@dataclass(frozen=True, slots=True)
class Total:
    """Rules by outcome, and rows."""

    rules: int
    passed: int
    errors: int
    warnings: int
    crashed: int
    rows_checked: int
    rows_failed: int


# As audit.files: the last verdict of each rule on the latest submission of each unit and period; and on the province.
_STANDING = f"""
    with latest as (
        select submission_id from marts.dim_submission where problem_code is null
        qualify row_number() over (
            partition by unit_code, reporting_period
            order by version desc nulls last, received_at desc nulls last, submission_id
        ) = 1
    ),
    standing as (
        select * from ({STANDING})
        where engine = 'great_expectations'
            and (submission_id is null or submission_id in (select submission_id from latest))
    )
    select rule_code, reporting_period, count(*), count(*) filter (where outcome = 'failed'),
           count(*) filter (where outcome = 'failed' and waived_until is not null),
           count(*) filter (where outcome = 'could_not_run'),
           cast(sum(checked) as bigint), cast(sum(failed) as bigint)
    from standing
    join marts.dim_period using (reporting_period)
    group by rule_code, reporting_period, end_on
    order by end_on, reporting_period, rule_code"""

_RULES = """
    select rule_code, rule_version, dataset, severity, scope, title_zh, remedy_zh, source, missing
    from quality.rules
    where in_force_until is null and engine = 'great_expectations'
    qualify row_number() over (partition by rule_code order by rule_version desc) = 1"""

_PUBLICATION = """
    select number, strftime(published_at + interval 8 hour, '%Y-%m-%d %H:%M')
    from quality.publications order by number desc limit 1"""


def read_checked(warehouse: Path) -> Checked:
    """What the published file says of every rule in force that Great Expectations runs."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rules = [RuleWords(*row) for row in query(connection, _RULES)]
        rows = query(connection, _STANDING)
        [(number, published_at)] = query(connection, _PUBLICATION)
    standings: dict[str, dict[str, Standing]] = {}
    for row in rows:
        standing = Standing(*row)
        standings.setdefault(standing.period, {})[standing.rule_code] = standing
    by_code = sorted(rules, key=lambda rule: _in_order(rule.code))
    return Checked(number, published_at, {rule.code: rule for rule in by_code}, standings)


def _in_order(code: str) -> list[tuple[int, str]]:
    """R-MON-2 comes before R-MON-10."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in code.split("-")]
