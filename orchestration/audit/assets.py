"""Stage audit in Dagster: verdicts on workbooks, verdicts on the province, and every rule as a check on its fact.

Rules are judged once, by ``files.py`` and ``warehouse.py``; the checks report the verdicts in force.
"""

from collections.abc import Iterator, Sequence
from datetime import date

import dagster as dg

from expectations import catalogue
from expectations.rule import Rule
from orchestration import lake
from orchestration.audit.files import audit_files
from orchestration.audit.outcomes import Outcome, rule_outcomes
from orchestration.audit.receipts.write import write_receipts
from orchestration.audit.verdicts import Audited
from orchestration.audit.warehouse import audit_warehouse
from orchestration.cards import Card, load_cards
from orchestration.dagster_common import (
    FILE_VERDICTS,
    ONE_RUN,
    PERIODS,
    RECEIPTS,
    STATISTICIANS,
    SUBMISSIONS,
    WAREHOUSE_VERDICTS,
    WRITER,
    column_schema,
    fact_key,
    landed_key,
    table_of,
)
from orchestration.night import Night
from orchestration.periods import parse_period
from orchestration.publish.comments import lake_comments

KINDS = {"greatexpectations", "parquet"}
STRUCTURE = "structure"
PERIODS_SHOWN = 24


@dg.asset(
    key=FILE_VERDICTS,
    deps=[landed_key(table) for table in (*load_cards(), *lake.BATCHED_CONTROL)],
    group_name="audit",
    owners=STATISTICIANS,
    kinds=KINDS,
    description="One row per rule and submission: passed, failed or could not run. | 每条规则对每份提交的判定。",
    metadata={"dagster/column_schema": column_schema(lake.VERDICTS, lake_comments()["verdicts"])},
    partitions_def=PERIODS,
    backfill_policy=ONE_RUN,
    pool=WRITER,
)
def file_verdicts(context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]) -> dg.MaterializeResult:
    periods = context.partition_keys
    audited = night.run("audit_files", audit_files, periods=periods, progress=night.progress("audit_files"))
    rows = lake.row_counts(night.home, "verdicts")
    for period in periods:
        context.add_asset_metadata(
            {"dagster/partition_row_count": rows.get(period, 0)}, FILE_VERDICTS, period
        )
    return dg.MaterializeResult(metadata=_metadata(audited, sum(rows.values()), night.seconds["audit_files"]))


def warehouse_verdicts_asset(warehouse: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The verdicts on the province, which stand on the marts and audit views named."""

    @dg.asset(
        key=WAREHOUSE_VERDICTS,
        deps=list(warehouse),
        group_name="audit",
        owners=STATISTICIANS,
        kinds=KINDS,
        description="One row per province-wide rule and period. | 全省性规则对每期的判定。",
        metadata={"dagster/column_schema": column_schema(lake.VERDICTS, lake_comments()["verdicts"])},
        pool=WRITER,
    )
    def warehouse_verdicts(night: dg.ResourceParam[Night]) -> dg.MaterializeResult:
        audited = night.run("audit_warehouse", audit_warehouse, progress=night.progress("audit_warehouse"))
        rows = lake.row_counts(night.home, "verdicts")
        seconds = night.seconds["audit_warehouse"]
        return dg.MaterializeResult(metadata=_metadata(audited, sum(rows.values()), seconds))

    return warehouse_verdicts


@dg.asset(
    key=RECEIPTS,
    deps=[SUBMISSIONS, FILE_VERDICTS, WAREHOUSE_VERDICTS],
    group_name="audit",
    owners=STATISTICIANS,
    kinds={"html", "excel"},
    description="The answer to every file received: page, JSON and the marked workbook. | 每份收到的文件的回执。",
    pool=WRITER,
)
def receipts(night: dg.ResourceParam[Night]) -> dg.MaterializeResult:
    written = night.run("receipts", write_receipts, progress=night.progress("receipts"))
    return dg.MaterializeResult(
        metadata={
            "written": written.written,
            "standing": written.standing,
            **written.statuses,
            "seconds": round(night.seconds["receipts"], 3),
            "dagster/uri": night.home.receipts.as_uri(),
        }
    )


def _metadata(audited: Audited, rows: int, seconds: float) -> dict[str, int | float]:
    """Numbers alone, which the UI plots night by night."""
    return {
        "dagster/row_count": rows,
        "seconds": round(seconds, 3),
        "rows_failed": sum(verdict["failed"] for verdict in audited.failing),
        "units_failing": len({verdict["unit_code"] for verdict in audited.failing if verdict["unit_code"]}),
        "judged_now": audited.judged,
        "rules": audited.rules,
        "passed": audited.passed,
        "failed": audited.failed,
        "could_not_run": audited.could_not_run,
    }


def check_name(rule_code: str) -> str:
    """A rule's code as Dagster allows it in a name."""
    return rule_code.replace("-", "_")


def _rule_spec(rule: Rule, card: Card) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        check_name(rule.code),
        asset=fact_key(card),
        additional_deps=[FILE_VERDICTS if rule.scope == "file" else WAREHOUSE_VERDICTS],
        description=f"{rule.title_zh}({rule.source})",
        metadata={
            "severity": rule.severity,
            "scope": rule.scope,
            "version": rule.version,
            "remedy": rule.remedy_zh,
            "owner": STATISTICIANS[0],
        },
    )


def _structure_spec(card: Card) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        STRUCTURE,
        asset=landed_key(card.dataset),
        additional_deps=[FILE_VERDICTS],
        description=f"{card.sheet}:表头、类型、必填、取值等(数据集卡片)",
        metadata={"severity": "error", "scope": "structure", "owner": STATISTICIANS[0]},
    )


def check_specs() -> list[dg.AssetCheckSpec]:
    """Each rule of the catalogue on the fact of its dataset, and each sheet's form on its landed table."""
    cards = load_cards()
    return [
        *[_rule_spec(rule, cards[rule.dataset]) for rule in catalogue().values()],
        *[_structure_spec(card) for card in cards.values()],
    ]


@dg.multi_asset_check(specs=check_specs(), can_subset=True)
def rule_checks(
    context: dg.AssetCheckExecutionContext, night: dg.ResourceParam[Night]
) -> Iterator[dg.AssetCheckResult]:
    outcomes = rule_outcomes(night.home)
    for result in [*rule_results(outcomes), *structure_results(outcomes)]:
        if dg.AssetCheckKey(result.asset_key, result.check_name) in context.selected_asset_check_keys:
            yield result


def rule_results(outcomes: Sequence[Outcome]) -> list[dg.AssetCheckResult]:
    """A rule that has judged nothing yet gives none."""
    cards = load_cards()
    return [
        dg.AssetCheckResult(
            check_name=check_name(outcome.rule_code),
            asset_key=fact_key(cards[outcome.dataset]),
            passed=outcome.verdict == "passed",
            severity=_severity(outcome.severity),
            description=catalogue()[outcome.rule_code].title_zh,
            metadata=_outcome_metadata(outcome),
        )
        for outcome in outcomes
        if outcome.scope != "structure"
    ]


def structure_results(outcomes: Sequence[Outcome]) -> list[dg.AssetCheckResult]:
    """Of every sheet: failed where a structural finding stands that holds it back, or (as a warning) one that does not; what is
    merely said to the sender counts for nothing. Landing reports no passes."""
    results = []
    for card in load_cards().values():
        found = [o for o in outcomes if o.scope == "structure" and o.dataset == card.dataset and o.failed]
        grave = {severity for severity in ("error", "warning") if severity in {o.severity for o in found}}
        results.append(
            dg.AssetCheckResult(
                check_name=STRUCTURE,
                asset_key=landed_key(card.dataset),
                passed=not grave,
                severity=_severity("error" if "error" in grave or not grave else "warning"),
                metadata={
                    **{outcome.rule_code: outcome.rows_failed for outcome in found},
                    "rows_failed": sum(outcome.rows_failed for outcome in found),
                    **_by_period(found),
                    **_examples([example for outcome in found for example in outcome.examples]),
                },
            )
        )
    return results


def _severity(severity: str) -> dg.AssetCheckSeverity:
    return dg.AssetCheckSeverity.ERROR if severity == "error" else dg.AssetCheckSeverity.WARN


def _outcome_metadata(outcome: Outcome) -> dict:
    return {
        "outcome": outcome.verdict,
        "verdicts_passed": outcome.passed,
        "verdicts_failed": outcome.failed,
        "verdicts_could_not_run": outcome.could_not_run,
        "rows_checked": outcome.rows_checked,
        "rows_failed": outcome.rows_failed,
        "units_failing": ", ".join(outcome.units),
        "periods_judged": len(outcome.by_period),
        **_by_period([outcome]),
        **_examples(outcome.examples),
    }


def _by_period(outcomes: Sequence[Outcome]) -> dict[str, dg.MetadataValue]:
    """A line for each period in which something is not as it should be, the last ones; nothing where all passed, for there are
    as many checks as rules and every night writes them all. Dagster's own partitioned checks: docs/dagster.md."""
    rows = [
        {
            "period": period,
            "rule": outcome.rule_code,
            "outcome": found.verdict,
            "passed": found.passed,
            "failed": found.failed,
            "could_not_run": found.could_not_run,
            "rows_failed": found.rows_failed,
            "units_failing": ", ".join(found.units),
        }
        for outcome in outcomes
        for period, found in outcome.by_period.items()
        if found.verdict != "passed"
    ]
    if not rows:
        return {}
    rows.sort(key=lambda row: (in_order(row["period"]), row["rule"]), reverse=True)
    return {"periods_not_passed": table_of(rows[:PERIODS_SHOWN], list(rows[0]))}


def in_order(period: str) -> tuple[date, str]:
    """Periods in the order in which they end."""
    return parse_period(period).end, period


def _examples(examples: Sequence[dict]) -> dict[str, dg.MetadataValue]:
    """The first cells that failed; nothing where none did."""
    names = ("reporting_period", "unit_code", "source_sheet", "cells", "found", "expected")
    return {"examples": table_of(examples, names)} if examples else {}
