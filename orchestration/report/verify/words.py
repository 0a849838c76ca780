"""The words and marks of verdicts, on the screen and on the page: a symbol each, never a colour alone."""

from __future__ import annotations

from orchestration.report.verify.verdicts import CONFIRMED, CONTRADICTED, INCONSISTENT, UNKNOWN

VERDICT_WORDS = {CONTRADICTED: "不符", INCONSISTENT: "自相矛盾", UNKNOWN: "无从核对", CONFIRMED: "相符"}
MARKS = {CONTRADICTED: "✗", INCONSISTENT: "≠", UNKNOWN: "?", CONFIRMED: "✓"}
STYLES = {CONTRADICTED: "red", INCONSISTENT: "magenta", UNKNOWN: "yellow", CONFIRMED: "green"}
