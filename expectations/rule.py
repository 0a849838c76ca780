"""What a business rule is, and what its query must answer.

Belongs here: the Rule and its contract. Does not belong here: the rules (one module per dataset), recurring
shapes of queries (``shapes``), or how rules are run (``orchestration.audit``).
"""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter

# The columns a rule's query returns, in order, and nothing else. ``found``, ``expected`` and ``difference``
# are text as a clerk reads it, with its unit. ``source_row`` is null when no single row is at fault.
FILE_CONTRACT = ("submission_id", "source_sheet", "source_row", "found", "expected", "difference")
BUREAU_CONTRACT = ("reporting_period", "unit_code", *FILE_CONTRACT)

UNSOURCED = "惯例,无出处 (unsourced)"
FORM = "本表指标定义及勾稽关系"


class RuleError(Exception):
    """A rule that contradicts itself or the catalogue. The message names the rule."""


# What a rule makes of a blank among its cells; a bureau rule, of a side of its comparison that is absent. A blank cell that its card requires is landing's finding
# (S-REQUIRED) and no rule says it again: such a row is not judged, unless blanks count as 0.
MISSING = {
    "skip_any": "任一项为空时不判",  # not judged when any of its cells is blank
    "skip_all": "非必填项全空时不判",  # one blank is what it looks for; all blank says nothing
    "as_zero": "分项为空按0计",  # a blank addend of its sum counts as 0
    "as_answer": "空即“无”或“尚未”",  # a blank says "none" or "not yet" and is judged as that
    "fail": "为空即不符",  # where the rule applies, a blank is itself the fault
}


@dataclass(frozen=True, slots=True)
class Sum:
    """A row's arithmetic, in columns of the card: ``total`` = the sum of ``parts`` less those of ``minus``.

    It says the same as the rule's query, so that a hint can name the smallest edit that would mend the row.
    """

    total: str
    parts: tuple[str, ...]
    minus: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the sum, the total first."""
        return (self.total, *self.parts, *self.minus)


@dataclass(frozen=True, slots=True)
class Rule:
    """One business rule: a query that returns only the bad rows, and the words that go with it.

    ``dataset`` owns the verdict: an error holds back that dataset of the submission and nothing else.
    ``scope`` ``file``: the query reads one batch of landed sheets by dataset name, and the helper tables of
    ``orchestration.audit.workspace``; it must give the same answer for a workbook alone as for a whole night.
    ``scope`` ``bureau``: it reads ``marts`` and ``audit`` of the warehouse; ``over`` is the table whose rows
    it judges, and an error blocks publication, so bureau errors are few and each says why.
    ``cells`` are the card's columns at fault on ``source_row``. ``missing`` is one of MISSING and says what the
    query makes of a blank among them. ``sum``, where the rule is a row's arithmetic, says it in columns.
    A ``draft`` is not in force: no night runs it, ``zhenxing rules preview`` does. Raise ``version`` when the query, or the view
    under it, changes meaning: everything is then judged anew and the old verdicts stay.
    """

    code: str
    dataset: str
    severity: str  # error | warning
    title_zh: str
    message_zh: str
    remedy_zh: str
    source: str
    query: str
    cells: tuple[str, ...] = ()
    scope: str = "file"
    over: str | None = None
    version: int = 1
    missing: str = "skip_any"
    sum: Sum | None = None
    draft: bool = False

    def __post_init__(self) -> None:
        if self.scope not in ("file", "bureau") or self.severity not in ("error", "warning"):
            raise RuleError(f"{self.code}: unknown scope {self.scope} or severity {self.severity}")
        if (self.over is not None) != (self.scope == "bureau"):
            raise RuleError(f"{self.code}: a bureau rule, and only one, names the table it judges")
        if self.missing not in MISSING:
            raise RuleError(f"{self.code}: unknown strategy {self.missing} for missing values")
        if self.missing == "as_zero" and self.sum is None:
            raise RuleError(f"{self.code}: blanks count as 0 in a sum, and it declares none")
        if self.sum is not None and not set(self.sum.columns) <= set(self.cells):
            raise RuleError(f"{self.code}: its sum has columns that are not among its cells")
        fields = {name for _, name, _, _ in Formatter().parse(self.message_zh) if name is not None}
        if not fields <= {"found", "expected"}:
            raise RuleError(f"{self.code}: the message has unknown placeholders {sorted(fields)}")

    @property
    def contract(self) -> tuple[str, ...]:
        """The columns its query must return."""
        return FILE_CONTRACT if self.scope == "file" else BUREAU_CONTRACT
