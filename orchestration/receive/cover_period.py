"""The reporting period as people write it → ``2021-08``, ``2021-W35``, ``2021-Q3``, ``2021-H1``, ``2021``.

Pure. Spreadsheets turn a typed 2021-8 into the serial number of a day; that is understood as its month.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from orchestration.periods import parse_period

_HANZI = {"一": "1", "二": "2", "三": "3", "四": "4", "上": "1", "下": "2"}
_YEAR = r"(20[0-9]{2})"
# Form → the key it means. 2021.1 is left out: as a number it may have been 2021.10.
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(form, re.IGNORECASE), key)
    for form, key in (
        (_YEAR + r"[-年/.]?(?:第?([0-9]{1,2})周|W([0-9]{1,2}))", "{0}-W{1:0>2}"),
        (_YEAR + r"(?:年|[-/.])(0[1-9]|1[0-2])(?:月份?)?", "{0}-{1}"),
        (_YEAR + r"(?:年|[-/])([1-9])(?:月份?)?", "{0}-{1:0>2}"),
        (_YEAR + r"\.([2-9])(?:月份?)?", "{0}-{1:0>2}"),
        (_YEAR + r"(0[1-9]|1[0-2])", "{0}-{1}"),
        (_YEAR + r"[-年/.]?(?:Q([1-4])|第?([1-4一二三四])季度?)", "{0}-Q{1}"),
        (_YEAR + r"[-年/.]?(?:H([12])|([上下])半年)", "{0}-H{1}"),
        (_YEAR + r"(?:年度?)?", "{0}"),
    )
)
_DAY = re.compile(_YEAR + r"(?:年|[-/.])([0-9]{1,2})(?:月|[-/.])([0-9]{1,2})日?(?:[T ]00:00(?::00)?)?")
_SERIAL = re.compile(r"[34567][0-9]{4}")
_SERIAL_EPOCH = date(1899, 12, 30)
_EXPECTED = "请填写如 2021-08(月)、2021-W35(周)、2021-Q3(季)、2021-H1(半年)或 2021(年)。"


class CoverPeriodError(ValueError):
    """A period that cannot be understood; the message is Chinese, for the sender."""


def normalise_period(text: str, cadence: str | None = None) -> str:
    """The period's key. A day stands for its month, or for its week on a weekly cover.

    Raises CoverPeriodError.
    """
    compact = "".join(text.split())
    if not compact:
        raise CoverPeriodError(f"封面上没有填写报告期。{_EXPECTED}")
    key = _of_form(compact) or _of_day(compact, cadence)
    if key is None:
        raise CoverPeriodError(f"封面上的报告期“{text}”无法识别。{_EXPECTED}")
    try:
        return parse_period(key).key
    except ValueError as error:
        raise CoverPeriodError(f"封面上的报告期“{text}”不存在。{_EXPECTED}") from error


def _of_form(text: str) -> str | None:
    if text.endswith(".1"):
        raise CoverPeriodError(f"封面上的报告期“{text}”分不清是 1 月还是 10 月。{_EXPECTED}")
    for form, key in _FORMS:
        if match := form.fullmatch(text):
            parts = [_HANZI.get(part, part) for part in match.groups() if part]
            return key.format(*parts)
    return None


def _of_day(text: str, cadence: str | None) -> str | None:
    """A day, or the serial number a spreadsheet keeps for one."""
    if _SERIAL.fullmatch(text):
        day = _SERIAL_EPOCH + timedelta(days=int(text))
    elif match := _DAY.fullmatch(text):
        try:
            day = date(*map(int, match.groups()))
        except ValueError:
            return None
    else:
        return None
    if cadence in (None, "month"):
        return f"{day:%Y-%m}"
    if cadence == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    return None
