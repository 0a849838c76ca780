"""How an export is called: on its cover, in its properties, in its file name."""

from __future__ import annotations

from orchestration.report.bulletin.saying import say_period
from orchestration.report.export.contents import Contents
from orchestration.units import Unit


def title_of(contents: Contents) -> str:
    """``陕西省2021年8月统计资料``."""
    return f"{contents.unit.name}{say_period(contents.period)}统计资料"


def file_stem(unit: Unit, period: str) -> str:
    """``610000_陕西省_2021-08_统计资料``: unlike a report's name, so that nobody takes one for the other."""
    return f"{unit.code}_{unit.name}_{period}_统计资料"
