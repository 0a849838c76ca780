"""What the rules found of the submissions that a figure rests on: counts, and every verdict that did not pass.

Belongs here: which verdicts stand. Does not belong here: judging, and the texts of a failure, which may repeat a cell.
"""

from __future__ import annotations

from typing import Any

from orchestration.report.trace.found import Failing, Verdicts
from orchestration.report.trace.published import Published

# As audit.decisions: a rule's last verdict stands; one of a rule or version withdrawn does not count any more.
_STANDING = """
    select v.*, r.title_zh
    from quality.verdicts as v
    join (
        select rule_code, max(rule_version) as rule_version, max_by(title_zh, rule_version) as title_zh
        from quality.rules where in_force_until is null group by rule_code
    ) as r on r.rule_code = v.rule_code and v.rule_version <= r.rule_version
    where v.dataset = $dataset
        and (v.submission_id in (select unnest($ids)) or v.submission_id is null and v.reporting_period in (select unnest($periods)))
    qualify row_number() over (
        partition by v.reporting_period, v.submission_id, v.rule_code
        order by v.rule_version desc, v.judged_at desc nulls last, v.verdict_id
    ) = 1"""


def standing(published: Published, dataset: str, periods: tuple[str, ...], ids: tuple[str, ...]) -> Verdicts:
    """The verdicts that stand on these submissions' sheet of a dataset, and on the province's as a whole."""
    asked = {"dataset": dataset, "periods": periods, "ids": ids}
    [counts] = published.query(
        f"""
        select
            count(distinct rule_code), count(*), count(*) filter (where outcome = 'passed'),
            count(*) filter (where outcome = 'failed' and severity = 'error'),
            count(*) filter (where outcome = 'failed' and severity = 'warning'),
            count(*) filter (where outcome = 'failed' and severity not in ('error', 'warning')),
            count(*) filter (where outcome = 'could_not_run'),
            count(*) filter (where outcome <> 'passed' and waived_until is not null)
        from ({_STANDING})""",
        **asked,
    )
    return Verdicts(*counts, _failing(published, asked) if counts[1] > counts[2] else ())


def _failing(published: Published, asked: dict[str, Any]) -> tuple[Failing, ...]:
    rows = published.query(
        f"""
        select v.rule_code, any_value(v.title_zh), any_value(v.severity), any_value(v.outcome), v.unit_code,
               v.submission_id, any_value(v.failed), any_value(v.waived_until),
               list(f.source_sheet || '!' || f.cells order by f.source_row) filter (where f.cells is not null)
        from ({_STANDING}) as v
        left join quality.failures as f using (verdict_id)
        where v.outcome <> 'passed'
        group by v.verdict_id, v.rule_code, v.unit_code, v.submission_id
        order by any_value(v.severity), v.rule_code, v.unit_code""",
        **asked,
    )
    return tuple(
        Failing(*told, cells=tuple(dict.fromkeys(cells or ())), waived_until=waived_until)
        for *told, waived_until, cells in rows
    )
