"""Which bulletins a night writes. Pure: the base periods it worked on and those whose bulletin lies there are given.

Belongs here: that choice. Does not belong here: which months a night works on (``night``), and writing (``bulletin``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from orchestration.periods import containing, in_time, parse_period


def bulletins_due(touched: Iterable[str], written: Collection[str]) -> tuple[str, ...]:
    """Of the months and weeks touched, each; and of the quarter, half-year and year of each month, one that ends with it,
    or whose bulletin was written before and now follows the correction. In the order in which they end.

    A month in the middle of a quarter writes no quarter: its figures are not what a quarter's bulletin is for.
    """
    bases = {parse_period(key) for key in touched}
    longer = {
        span
        for base in bases
        if base.cadence == "month"
        for span in containing(base)
        if span.end == base.end or span.key in written
    }
    return tuple(period.key for period in in_time(bases | longer))
