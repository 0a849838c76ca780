"""Puts the lists of warnings into the receipt folders: of each county and period one, where there is anything to warn of.

Belongs here: which lists are due, and their files. Does not belong here: what they say (``workbook``).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from orchestration.files import replace_bytes
from orchestration.home import WARNING_LIST, Home
from orchestration.report.warnings.found import periods_of, read_warnings
from orchestration.report.warnings.workbook import county_workbook


def write_warnings(home: Home, periods: Iterable[str]) -> list[Path]:
    """The lists of these months and weeks; returns those written anew.

    A list that says what it said stays as it is, and one whose county has nothing to warn of any more is removed. Killed
    anywhere and run again, the outcome is the same."""
    wanted = set(periods)
    written = []
    for period in periods_of(home.warehouse):
        if period in wanted:
            written += _write_period(home, period)
    return written


def list_of(home: Home, period: str, unit_code: str) -> Path:
    """``var/receipts/<period>/<unit>/预警.xlsx``."""
    return home.receipts / period / unit_code / WARNING_LIST


def _write_period(home: Home, period: str) -> list[Path]:
    written, listed = [], set()
    for unit_code, own in groupby(read_warnings(home.warehouse, period), lambda warning: warning.unit_code):
        path = list_of(home, period, unit_code)
        listed.add(path)
        if replace_bytes(path, county_workbook(list(own), period)):
            written.append(path)
    for path in (home.receipts / period).glob(f"*/{WARNING_LIST}"):
        if path not in listed:
            path.unlink()
    return written
