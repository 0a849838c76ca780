"""An article held against the warehouse: every figure with its verdict, and what the text states between them.

Belongs here: bringing reading, matching, comparing and the text's own statements together. Does not belong here: any of those,
and how an answer is shown (``page``, ``screen``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from orchestration.decimals import exact_text
from orchestration.indicators import load_indicators
from orchestration.periods import Period
from orchestration.report.verify.bearings import Bearings, Found, Whose, find, unit_places
from orchestration.report.verify.matching import Match, match
from orchestration.report.verify.published import Published, Standing
from orchestration.report.verify.quantities import Quantity, read_quantities
from orchestration.report.verify.statements import Said, Statement, statements
from orchestration.report.verify.text import Text, read_text
from orchestration.report.verify.verdicts import (
    CONFIRMED,
    CONTRADICTED,
    INCONSISTENT,
    UNKNOWN,
    Verdict,
    compare,
    compare_change,
)
from orchestration.units import ReportingUnits, Unit

VERDICTS = (CONTRADICTED, INCONSISTENT, UNKNOWN, CONFIRMED)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the article. ``start``, ``end``, ``text`` and ``phrase`` are of the original text."""

    quantity: Quantity
    start: int
    end: int
    text: str
    phrase: str
    key: str | None
    label: str | None
    candidates: tuple[str, ...]
    unit_code: str | None
    standing: Standing | None
    verdict: str
    reason: str
    coarse: bool = False

    @property
    def difference(self) -> Decimal | None:
        """The article's value less the warehouse's, in base unit; of a level alone."""
        if self.standing is None or self.quantity.kind != "level" or self.quantity.bound != "exact":
            return None
        return self.quantity.value - self.standing.value

    @property
    def trace(self) -> str | None:
        """The command that leads from the warehouse's figure to its cells."""
        if self.standing is None:
            return None
        return (
            f"zhenxing trace {self.standing.key} --period {self.standing.reporting_period}"
            f" --unit {self.standing.unit_code}"
        )

    def as_dict(self) -> dict:
        standing = self.standing
        return {
            "text": self.text,
            "phrase": self.phrase,
            "value": exact_text(self.quantity.value),
            "unit": self._unit(),
            "figure_key": self.key,
            "label_zh": self.label,
            "candidates": list(self.candidates),
            "verdict": self.verdict,
            "reason": self.reason,
            "warehouse_value": exact_text(standing.value) if standing else None,
            "warehouse_display": standing.display if standing else None,
            "difference": None if self.difference is None else exact_text(self.difference),
            "unit_code": self.unit_code,
            "reporting_period": standing.reporting_period if standing else None,
            "as_of": standing.as_of.isoformat() if standing else None,
            "kind": self.quantity.kind,
            "start": self.start,
            "end": self.end,
            "trace": self.trace,
        }

    def _unit(self) -> str:
        indicator = load_indicators().get(self.key or "")
        if indicator and self.quantity.kind == "level":
            return indicator.unit
        return self.quantity.measure or "1"


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything said of one article. ``counts``: figures by verdict."""

    text: Text
    period: str
    figures: tuple[Figure, ...]
    statements: tuple[Statement, ...]

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(figure.verdict for figure in self.figures)
        return {verdict: counted[verdict] for verdict in VERDICTS}

    @property
    def broken(self) -> list[Statement]:
        return [statement for statement in self.statements if not statement.holds]

    @property
    def is_clean(self) -> bool:
        """Nothing contradicted, neither by the warehouse nor by the text itself."""
        hard = any(not statement.soft for statement in self.broken)
        return not hard and not self.counts[CONTRADICTED] and not self.counts[INCONSISTENT]

    def as_dict(self) -> dict:
        return {
            "period": self.period,
            "figures": [figure.as_dict() for figure in self.figures],
            "statements": [self._statement(statement) for statement in self.statements],
            "summary": {
                **self.counts,
                "figures": len(self.figures),
                "statements": len(self.statements),
                "statements_broken": len(self.broken),
            },
        }

    def _statement(self, statement: Statement) -> dict:
        return {
            "kind": statement.kind,
            "text": statement.text,
            "holds": statement.holds,
            "verdict": _verdict_of(statement),
            "grade": statement.grade,
            "soft": statement.soft,
            "detail": statement.detail,
            "figures": list(statement.figures),
            "figure_keys": [self.figures[index].key for index in statement.figures],
        }


def verify_text(
    article: str, published: Published, period: Period, units: ReportingUnits, unit: Unit | None = None
) -> Answer:
    """Reads an article and judges it by the publication. ``unit``: whom it is about, where it does not say so itself."""
    text = read_text(article)
    quantities = read_quantities(text, period, unit_places(units))
    bearings = Bearings(text.plain, quantities, units, unit)
    figures = [_figure(text, found, bearings, published, period) for found in match(text, quantities)]
    stated = statements([_said(index, figure, bearings, period) for index, figure in enumerate(figures)])
    return Answer(text, period.key, tuple(_marked(figures, stated)), tuple(stated))


def _figure(text: Text, found: Match, bearings: Bearings, published: Published, period: Period) -> Figure:
    quantity = found.quantity
    whose = bearings.whose(quantity)
    start, end = text.span(quantity.start, quantity.end)
    indicator = load_indicators().get(found.key or "")
    where = Found(None)
    if found.key and whose.unit_code:
        compared = quantity.kind == "change"
        where = find(published, whose.unit_code, found.key, period, quantity.period, compared=compared)
    verdict = _verdict(found, whose, where, bearings.opening(quantity))
    return Figure(
        quantity=quantity,
        start=start,
        end=end,
        text=quantity.text,
        phrase=text.slice(found.start, found.end),
        key=found.key,
        label=indicator.label if indicator else None,
        candidates=found.candidates,
        unit_code=whose.unit_code,
        standing=where.standing,
        verdict=verdict.verdict,
        reason=verdict.reason,
        coarse=verdict.coarse,
    )


def _verdict(found: Match, whose: Whose, where: Found, opening: str) -> Verdict:
    if found.key is None:
        return Verdict(UNKNOWN, found.reason)
    if where.standing is None:
        return Verdict(UNKNOWN, whose.reason or where.reason)
    indicator = load_indicators()[found.key]
    if found.quantity.kind == "change":
        return compare_change(found.quantity, indicator, where.standing, found.quantity.before, opening)
    return compare(found.quantity, indicator, where.standing)


def _said(index: int, figure: Figure, bearings: Bearings, period: Period) -> Said:
    whose = bearings.whose(figure.quantity)
    said = figure.quantity.period
    when = figure.standing.reporting_period if figure.standing else str(said.end if said else period.end)
    return Said(
        index,
        figure.quantity,
        figure.key,
        (whose.unit_code or whose.reason, when),
        ours=figure.standing is not None,
        confirmed=figure.verdict == CONFIRMED,
        coarse=figure.coarse,
    )


def _marked(figures: Sequence[Figure], stated: Sequence[Statement]) -> list[Figure]:
    """A figure that the warehouse does not know is inconsistent where the text contradicts itself about it."""
    broken = {index: s for s in stated if not s.holds and not s.soft for index in s.figures}
    return [
        replace(figure, verdict=INCONSISTENT, reason=f"{broken[index].text}:{broken[index].detail}")
        if index in broken and figure.verdict == UNKNOWN
        else figure
        for index, figure in enumerate(figures)
    ]


def _verdict_of(statement: Statement) -> str:
    return CONFIRMED if statement.holds else CONTRADICTED
