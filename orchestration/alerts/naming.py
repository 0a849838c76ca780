"""How messages name the system, a day and a unit's report. Belongs here: these words. Does not belong here: sentences."""

from __future__ import annotations

from datetime import date

from orchestration.periods import parse_period
from orchestration.report.bulletin.saying import say_period

NAME = "振兴统计"
_REPORTS = {"week": "周报", "month": "月报"}


def day(when: date) -> str:
    """A day as an official writes it: ``9月6日``."""
    return f"{when.month}月{when.day}日"


def report_of(period: str) -> str:
    """``2021年8月月报``, ``2021年第35周周报``."""
    asked = parse_period(period)
    return f"{say_period(asked)}{_REPORTS[asked.cadence]}"


def reports_of(first: str, last: str, count: int) -> str:
    """One report, or those from one to another: ``2021年9月至2021年10月月报(2期)``."""
    if count == 1:
        return report_of(first)
    return f"{say_period(parse_period(first))}至{report_of(last)}({count}期)"
