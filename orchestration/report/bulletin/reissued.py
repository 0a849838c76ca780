"""What a bulletin says of itself when figures that it printed before have been corrected.

Belongs here: the words. Does not belong here: what was printed before (``restated.issued``), and the notice of each correction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestration.indicators import load_indicators
from orchestration.periods import parse_period
from orchestration.report.bulletin.pieces import Bulletin
from orchestration.report.bulletin.saying import say_period
from orchestration.report.restated.issued import Changed

_NAMED = 5


def noted(bulletin: Bulletin, changed: Sequence[Changed], unit_code: str, period: str) -> Bulletin:
    """The bulletin, its opening followed by what has been corrected since it was first issued; as it is where nothing was.

    ``changed``: as ``restated_since`` finds it, of the edition of a unit and period. The unit's own figures are named first, and at most ``_NAMED``."""
    if not changed:
        return bulletin
    order = {key: place for place, key in enumerate(load_indicators())}
    own = sorted(
        (each for each in changed if each.unit_code == unit_code),
        key=lambda each: (
            -parse_period(each.reporting_period).end.toordinal(),
            order.get(each.figure_key, len(order)),
        ),
    )
    listed = "，".join(_say(each, period) for each in own[:_NAMED])
    more = "等" if listed and len(changed) > _NAMED else ""
    named = f"：{listed}{more}" if listed else ""
    return replace(
        bulletin,
        opening=(
            *bulletin.opening,
            (f"本期此前印发的数据有{len(changed)}项已更正{named}。以本次印发为准，详见更正公告。",),
        ),
    )


def _say(changed: Changed, period: str) -> str:
    """``监测对象总户数由3.22万户更正为3.23万户``; of another period than the one spoken of with its name."""
    indicator = load_indicators().get(changed.figure_key)
    label = indicator.label if indicator else changed.figure_key
    when = "" if changed.reporting_period == period else say_period(parse_period(changed.reporting_period))
    if changed.now is None:
        return f"{when}{label}{changed.first}撤下"
    return f"{when}{label}由{changed.first}更正为{changed.now}"
