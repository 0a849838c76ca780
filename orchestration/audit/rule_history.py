"""The catalogue of rules as the lake's table ``rules``: every version that was ever in force, and when.

A rule version that appears in the code is in force from that moment; one that is no longer there was in force
until then. Nothing is removed, so a verdict of years ago still finds the words of its rule. A version whose
words alone change keeps its row. Drafts are not in force and not here.

Belongs here: the table. Does not belong here: the rules (``expectations``, ``structure``) or their verdicts.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq

from expectations import catalogue
from orchestration import lake
from orchestration.audit.structure import FORM, MESSAGE, STRUCTURE
from orchestration.home import Home


def write_rules(home: Home, now: datetime | None = None) -> None:
    """Brings the table up to date with the code. Rewrites it only when something changed."""
    moment = now or datetime.now(UTC)
    earlier = {(row["rule_code"], row["rule_version"]): row for row in _recorded(home)}
    rows = dict(earlier)
    for row in _in_force():
        known = earlier.get((row["rule_code"], row["rule_version"]), {})
        since = known.get("in_force_from") or moment
        rows[row["rule_code"], row["rule_version"]] = {**row, "in_force_from": since, "in_force_until": None}
    present = {(row["rule_code"], row["rule_version"]) for row in _in_force()}
    for key in rows.keys() - present:
        rows[key] = {**rows[key], "in_force_until": rows[key]["in_force_until"] or moment}
    if rows != earlier:
        table = pa.Table.from_pylist([rows[key] for key in sorted(rows)], schema=lake.RULES)
        lake.write_vouched(lake.single_file(home, "rules"), table)


def _recorded(home: Home) -> list[dict]:
    """The table as it stands; a column it was written without is null."""
    path = lake.single_file(home, "rules")
    if not path.exists():
        return []
    blank = dict.fromkeys(lake.RULES.names)
    return [{**blank, **row} for row in pq.read_table(path).to_pylist()]


def _in_force() -> list[dict]:
    rules = [
        {
            "rule_code": rule.code,
            "rule_version": rule.version,
            "scope": rule.scope,
            "severity": rule.severity,
            "dataset": rule.dataset,
            "title_zh": rule.title_zh,
            "message_zh": rule.message_zh,
            "remedy_zh": rule.remedy_zh,
            "source": rule.source,
            "missing": rule.missing,
            "engine": "great_expectations",
        }
        for rule in catalogue().values()
    ]
    structural = [
        {
            "rule_code": rule.code,
            "rule_version": rule.version,
            "scope": "structure",
            "severity": rule.severity,
            "dataset": None,
            "title_zh": rule.title_zh,
            "message_zh": MESSAGE,
            "remedy_zh": rule.remedy_zh,
            "source": FORM,
            "missing": None,  # a blank is S-REQUIRED's own matter
            "engine": "card",
        }
        for rule in STRUCTURE.values()
    ]
    return rules + structural
