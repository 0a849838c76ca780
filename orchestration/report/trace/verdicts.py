"""What the rules found of the submissions that a figure rests on: counts, and every verdict that did not pass.

Belongs here: which verdicts stand. Does not belong here: judging, and the texts of a failure, which may repeat a cell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from orchestration.report.standing import STANDING
from orchestration.report.trace.found import Failing, Verdicts
from orchestration.report.trace.published import Asked, Published
from orchestration.report.trace.senders import in_force

_STANDING = f"""
    select * from ({STANDING})
    where dataset = $dataset
        and (submission_id in (select unnest($ids)) or submission_id is null and reporting_period = $period)"""


@dataclass(frozen=True, slots=True)
class _Judged:
    """What stands on one submission's sheet, or on the province's as a whole: its rules and the counts of ``Verdicts``."""

    rules: frozenset[str]
    counts: tuple[int, ...]
    failing: tuple[Failing, ...]


def standing(
    published: Published, asked: Asked, dataset: str, periods: tuple[str, ...], ids: Collection[str]
) -> Verdicts:
    """The verdicts that stand on these submissions' sheet of a dataset, and on the province's as a whole."""
    found = [
        judged
        for period in periods
        for submission, judged in published.once(_judged, asked, dataset, period).items()
        if submission is None or submission in ids
    ]
    rules = frozenset[str]().union(*{judged.rules for judged in found})
    counts = [sum(each) for each in zip(*(judged.counts for judged in found), strict=True)] or [0] * 7
    failing = [each for judged in found for each in judged.failing]
    return Verdicts(
        len(rules),
        *counts,
        tuple(sorted(failing, key=lambda each: (each.severity, each.rule_code, each.unit_code or ""))),
    )


def _judged(published: Published, asked: Asked, dataset: str, period: str) -> dict[str | None, _Judged]:
    """What stands on each submission in force, and under None on the province's as a whole."""
    ids = [sent.submission_id for sent in published.once(in_force, asked, dataset, period)]
    values = {"dataset": dataset, "period": period, "ids": ids}
    rows = published.query(
        f"""
        select
            submission_id, list(distinct rule_code), count(*), count(*) filter (where outcome = 'passed'),
            count(*) filter (where outcome = 'failed' and severity = 'error'),
            count(*) filter (where outcome = 'failed' and severity = 'warning'),
            count(*) filter (where outcome = 'failed' and severity not in ('error', 'warning')),
            count(*) filter (where outcome = 'could_not_run'),
            count(*) filter (where outcome <> 'passed' and waived_until is not null)
        from ({_STANDING}) group by submission_id order by submission_id""",
        **values,
    )
    failing: dict[str | None, list[Failing]] = {}
    if any(counts[0] > counts[1] for _, _, *counts in rows):
        for each in _failing(published, values):
            failing.setdefault(each.submission_id, []).append(each)
    return {
        submission: _Judged(frozenset(rules), tuple(counts), tuple(failing.get(submission, ())))
        for submission, rules, *counts in rows
    }


def _failing(published: Published, values: dict[str, Any]) -> Iterator[Failing]:
    rows = published.query(
        f"""
        select v.rule_code, any_value(v.title_zh), any_value(v.severity), any_value(v.outcome), v.unit_code,
               v.submission_id, any_value(v.failed), any_value(v.waived_until),
               list(f.source_sheet || '!' || f.cells order by f.source_row) filter (where f.cells is not null)
        from ({_STANDING}) as v
        left join quality.failures as f using (verdict_id)
        where v.outcome <> 'passed'
        group by v.verdict_id, v.rule_code, v.unit_code, v.submission_id
        order by v.rule_code, v.unit_code""",
        **values,
    )
    for *told, waived_until, cells in rows:
        yield Failing(*told, cells=tuple(dict.fromkeys(cells or ())), waived_until=waived_until)
