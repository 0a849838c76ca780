"""A publication's rules and verdicts as Great Expectations knows them: suites by dataset, and validation results.

They are rebuilt from what is published, so that this can be done without the night that judged. Belongs here: the objects. Does not
belong here: how they are shown (``checks``), and running rules (``audit.engine``).
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

from expectations import every_rule
from expectations.rule import MISSING
from orchestration.audit.engine import great_expectations, query_text
from orchestration.report.documentation.verdicts import COULD_NOT_RUN, PASSED, RuleWords, Standing
from orchestration.words import SEVERITY

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite, ExpectationSuiteValidationResult
    from great_expectations.expectations.expectation import Expectation

RULES_PAGE = "rules.html"


def suite_of(name: str, rules: Sequence[RuleWords]) -> ExpectationSuite:
    """The rules of a dataset as a suite, each with its notes."""
    gx = great_expectations()
    return gx.ExpectationSuite(
        name, expectations=[_expectation(gx, rule, _anchor(rule), notes=_notes(rule)) for rule in rules]
    )


def results_of(name: str, judged: Sequence[tuple[RuleWords, Standing]]) -> ExpectationSuiteValidationResult:
    """How a dataset's rules stood in a period, as the result of a validation."""
    gx = great_expectations()
    from great_expectations.core import (  # noqa: PLC0415  (as slow as Great Expectations itself)
        ExpectationSuiteValidationResult,
        ExpectationValidationResult,
    )

    results = [
        ExpectationValidationResult(
            success=standing.outcome == PASSED,
            expectation_config=_expectation(gx, rule, _link(rule)).configuration,
            result={} if standing.outcome == COULD_NOT_RUN else {"observed_value": standing.failed},
            meta={},
            exception_info={
                "raised_exception": standing.outcome == COULD_NOT_RUN,
                "exception_message": "",
                "exception_traceback": "",
            },
        )
        for rule, standing in judged
    ]
    passed = sum(result.success for result in results)
    return ExpectationSuiteValidationResult(
        suite_name=name,
        success=passed == len(results),
        results=results,
        statistics={
            "evaluated_expectations": len(results),
            "successful_expectations": passed,
            "unsuccessful_expectations": len(results) - passed,
            "success_percent": 100 * passed / len(results),
        },
        meta={"run_id": {"run_name": judged[0][1].period, "run_time": ""}},
    )


def _expectation(gx, rule: RuleWords, said: str, notes: list[str] | None = None) -> Expectation:
    return gx.expectations.UnexpectedRowsExpectation(
        unexpected_rows_query=query_text(_query(rule) or ""),
        severity="critical" if rule.severity == "error" else "warning",
        description=said,
        notes=notes,
        meta={"code": rule.code, "version": rule.version, "dataset": rule.dataset, "source": rule.source},
    )


def _query(rule: RuleWords) -> str | None:
    """The rule's question, where the version published is the one in the code."""
    known = every_rule().get(rule.code)
    return known.query if known and known.version == rule.version else None


# Descriptions go into the page as they are.
def _anchor(rule: RuleWords) -> str:
    said = f"{SEVERITY[rule.severity]} · {rule.remedy} · 出处:{rule.source}"
    return (
        f'<b id="{rule.code}">{rule.code}</b> {html.escape(rule.title)}<br><small>{html.escape(said)}</small>'
    )


def _link(rule: RuleWords) -> str:
    return f'<a href="{RULES_PAGE}#{rule.code}">{rule.code}</a> {html.escape(rule.title)}'


def _notes(rule: RuleWords) -> list[str]:
    """Markdown, whose blocks Great Expectations shows one below the other."""
    notes = [f"空值:{MISSING[rule.missing]}"] if rule.missing else []
    query = _query(rule)
    return [*notes, f"```sql\n{query.strip()}\n```"] if query else notes
