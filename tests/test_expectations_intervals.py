"""Sums of rounded totals: the rules' SQL against interval arithmetic in exact fractions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from audit_support import clean_rows, workspace
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations import catalogue

LABELS = ("脱贫不稳定户户数", "边缘易致贫户户数", "突发严重困难户户数", "监测对象总户数")

# A total as it may be stated: a whole number of last digits, in 户 or 万户, to 0..3 decimals.
stated = st.tuples(st.integers(0, 500), st.sampled_from(["户", "万户"]), st.integers(0, 3))


def _value(digits: int, unit: str, decimals: int) -> Decimal:
    return Decimal(digits).scaleb(-decimals) * (10000 if unit == "万户" else 1)


def _ends(digits: int, unit: str, decimals: int) -> tuple[Fraction, Fraction]:
    """The closed interval a stated total stands for: nothing either way for a whole count."""
    half = Fraction(0)
    if (unit, decimals) != ("户", 0):
        half = Fraction(10000 if unit == "万户" else 1, 2 * 10**decimals)
    value = Fraction(_value(digits, unit, decimals))
    return value - half, value + half


def _named(code: str, totals: list[dict]) -> list[tuple]:
    rows = clean_rows() | {"stated_totals": totals}
    with workspace(rows) as connection:
        return connection.execute(catalogue()[code].query).fetchall()


def _total(label: str, digits: int, unit: str, decimals: int) -> dict:
    return {"indicator": label, "value": _value(digits, unit, decimals), "unit": unit, "decimals": decimals}


@settings(max_examples=40)
@given(parts=st.tuples(stated, stated, stated), total=stated)
def test_parts_are_refused_exactly_when_no_rounding_adds_them_up(parts, total):
    low = sum(_ends(*part)[0] for part in parts)
    high = sum(_ends(*part)[1] for part in parts)
    total_low, total_high = _ends(*total)
    impossible = low > total_high or high < total_low
    rows = [_total(label, *given) for label, given in zip(LABELS, (*parts, total), strict=True)]
    assert bool(_named("R-SUM-4", rows)) == impossible


@settings(max_examples=25)
@given(part=stated, whole=stated)
def test_a_part_is_refused_exactly_when_its_least_exceeds_the_most_of_the_whole(part, whole):
    rows = [_total("风险已消除监测对象户数", *part), _total("监测对象总户数", *whole)]
    assert bool(_named("R-SUM-5", rows)) == (_ends(*part)[0] > _ends(*whole)[1])


@pytest.mark.parametrize(
    ("total", "accepted"),
    [("3.19", False), ("3.20", True), ("3.24", True), ("3.25", False)],
)
def test_the_articles_households_allow_a_total_of_320_to_324(total: str, accepted: bool):
    """1.41 + 1.51 + 0.30 万户, two decimals each."""
    rows = [
        _total(label, int(Decimal(v) * 100), "万户", 2)
        for label, v in zip(LABELS, ("1.41", "1.51", "0.30", total), strict=True)
    ]
    assert (_named("R-SUM-4", rows) == []) == accepted


@pytest.mark.parametrize(
    ("total", "accepted"), [("9.25", False), ("9.26", True), ("10.28", True), ("10.29", False)]
)
def test_a_part_stated_without_decimals_makes_the_check_almost_worthless(total: str, accepted: bool):
    """4.34 + 4.43 + "1" 万人: why precision is declared and never guessed."""
    labels = ("脱贫不稳定户人数", "边缘易致贫户人数", "突发严重困难户人数", "监测对象总人数")
    values = (("4.34", 2), ("4.43", 2), ("1", 0), (total, 2))
    rows = [
        {"indicator": label, "value": Decimal(v) * 10000, "unit": "万人", "decimals": d}
        for label, (v, d) in zip(labels, values, strict=True)
    ]
    assert (_named("R-SUM-4", rows) == []) == accepted


@pytest.mark.parametrize(("rate", "accepted"), [("0.9960", False), ("0.9961", True), ("0.9962", False)])
def test_the_start_rate_of_exact_counts_prints_one_way_only(rate: str, accepted: bool):
    """17950 / 18021 is 99.60602 %: exact on both sides, so only the printed percentage has an interval."""
    rows = [
        {"indicator": "已开工项目", "value": Decimal(17950), "unit": "个", "decimals": 0},
        {"indicator": "安排项目", "value": Decimal(18021), "unit": "个", "decimals": 0},
        {"indicator": "项目开工率", "value": Decimal(rate), "unit": "%", "decimals": 2},
    ]
    assert (_named("R-SUM-6", rows) == []) == accepted


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "slip"),
    [("40000", "万户", 2, True), ("4", "户", 0, None), ("5", "户", 0, False)],
)
def test_a_total_off_by_ten_thousand_is_called_a_slip_of_unit(value, unit, decimals, slip):
    rows = [{"indicator": "监测对象总户数", "value": Decimal(value), "unit": unit, "decimals": decimals}]
    named = _named("R-SUM-3", rows)
    assert named == [] if slip is None else ("疑为计量单位错" in named[0][4]) == slip


@pytest.mark.parametrize("unread", LABELS)
def test_a_sum_with_a_part_that_cannot_be_read_is_not_judged(unread: str):
    values = dict(zip(LABELS, (5, 7, 8, 20), strict=True))
    rows = [_total(label, value, "户", 0) for label, value in values.items()]
    blank = [row | {"value": None} if row["indicator"] == unread else row for row in rows]
    assert _named("R-SUM-4", blank) == []
