"""Which figures a failure of 汇总表 speaks of, and which columns of which registers a figure is computed from.

Failures carry texts, so a figure is known again by its label and an identity by its title, as their rules write
them (``expectations.stated_totals``, ``expectations.cross_dataset``). Belongs here: that reading alone.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from expectations.identities import load_identities
from orchestration.audit.quantities import quantities
from orchestration.audit.receipts.problems import Failure
from orchestration.cards import load_cards
from orchestration.indicators import Indicator, load_indicators

# How a rule's ``found`` names what it judges: a figure's label before the value, or an identity's title.
_BY_LABEL = frozenset({"R-SUM-3", "R-STAT-1", "R-YTD-1", "R-OUT-1", "R-OUT-2"})
_BY_TITLE = frozenset({"R-SUM-4", "R-SUM-5", "R-SUM-6", "R-ID-1", "R-ID-2"})
_STATED_BASIS = "(汇总表)"
_OF_UNIT = "的计量单位为"  # R-SUM-2


def figures_of(failure: Failure) -> tuple[str, ...]:
    """The keys of the figures a failure judges; none when it judges none, or one that is not in the dictionary."""
    if failure.rule_code in _BY_LABEL:
        return _labelled(failure.found.strip().partition(" ")[0])
    if failure.rule_code in _BY_TITLE:
        return _titled().get(failure.found.split(":", 1)[0].removesuffix(_STATED_BASIS), ())
    if failure.rule_code == "R-SUM-2":
        return _labelled(failure.found.split(_OF_UNIT, 1)[0])
    return ()


def computed(failure: Failure) -> bool:
    """Whether a failure sets a register's figure against something; else stated totals contradict each other."""
    if failure.rule_code in ("R-ID-1", "R-ID-2"):
        return _STATED_BASIS not in failure.found
    return failure.rule_code in _BY_LABEL


@cache
def inputs(figure: str) -> tuple[tuple[str, str | None], ...]:
    """(dataset, column) of what a figure is computed from; (dataset, None) stands for its rows as such.

    A ratio is computed from what both of its figures are.
    """
    indicator = load_indicators().get(figure)
    if indicator is None:
        return ()
    if indicator.of:
        return tuple(dict.fromkeys((*inputs(indicator.of[0]), *inputs(indicator.of[1]))))
    return _formula_inputs(indicator)


def ratio_parts(figure: str) -> tuple[str, ...]:
    """The numerator and denominator of a ratio; nothing for any other figure."""
    indicator = load_indicators().get(figure)
    return indicator.of if indicator and indicator.of else ()


def counted_apart(failure: Failure) -> Decimal | None:
    """By how many rows a total that counts rows differs from its register; None of any other failure."""
    figures = figures_of(failure) if failure.rule_code in _BY_LABEL else ()
    indicator = load_indicators().get(figures[0]) if figures else None
    if indicator is None or not (indicator.measure or "").startswith("count"):
        return None
    apart = [each.value for each in quantities(failure.difference) if isinstance(each.value, Decimal)]
    return abs(apart[0]) if apart else None


def times_apart(failure: Failure) -> Decimal:
    """How many times larger one of what was found and what was expected is; 0 where each is not one positive number."""
    numbers = [
        [each.value for each in quantities(text) if isinstance(each.value, Decimal)]
        for text in (failure.found, failure.expected)
    ]
    if any(len(each) != 1 or each[0] <= 0 for each in numbers):
        return Decimal(0)
    [one], [other] = numbers
    return max(one, other) / min(one, other)


def _formula_inputs(indicator: Indicator) -> tuple[tuple[str, str | None], ...]:
    if not indicator.dataset or indicator.dataset not in load_cards():
        return ()
    formulas = " ".join(f"{version.measure} {version.where or ''}" for version in indicator.versions)
    words = set(re.findall(r"[a-z_][a-z0-9_]*", formulas))
    card = load_cards()[indicator.dataset]
    named = [column.name for column in card.columns if column.name in words]
    return ((indicator.dataset, None), *((indicator.dataset, name) for name in named))


def _labelled(label: str) -> tuple[str, ...]:
    key = _labels().get(label.strip())
    return (key,) if key else ()


@cache
def _labels() -> dict[str, str]:
    return {indicator.label: key for key, indicator in load_indicators().items()}


@cache
def _titled() -> dict[str, tuple[str, ...]]:
    """By an identity's title: the figures on both of its sides, and the ratio between them."""
    return {
        identity.title_zh: (
            *identity.left,
            identity.right,
            *([identity.times] if isinstance(identity.times, str) else []),
        )
        for identity in load_identities()
    }
