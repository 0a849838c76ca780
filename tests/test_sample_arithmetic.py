"""The sample's exact arithmetic: whatever is shared out adds up again."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample.apportion import apportion, apportion_money, settle
from sample.goals import roundest
from sample.made_up import id_number

weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=60)


@given(st.integers(0, 10**12), weights)
def test_shares_add_up_to_the_total(total, weights):
    shares = apportion(total, weights)
    assert sum(shares) == total
    assert min(shares) >= 0


@given(st.integers(0, 10**6), st.lists(st.integers(1, 1000), min_size=1, max_size=40))
def test_a_share_is_never_a_whole_unit_away_from_its_proportion(total, weights):
    for share, weight in zip(apportion(total, weights), weights, strict=True):
        assert abs(share - Decimal(total) * weight / sum(weights)) <= 1


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 500)), min_size=1), st.data()
)
def test_shares_keep_their_bounds(cells, data):
    low = [a for a, _, _ in cells]
    high = [a + room for a, room, _ in cells]
    total = data.draw(st.integers(sum(low), sum(high)))
    shares = apportion(total, [weight for *_, weight in cells], low, high)
    assert sum(shares) == total
    assert all(a <= share <= b for a, share, b in zip(low, shares, high, strict=True))


def test_bounds_that_cannot_hold_the_total_are_refused():
    with pytest.raises(ValueError, match="does not fit"):
        apportion(10, [1, 1], high=[4, 5])


@given(st.integers(0, 10**12), st.lists(st.integers(1, 1000), min_size=1, max_size=40))
def test_money_is_shared_in_round_units_but_for_one_remainder(total, weights):
    shares = apportion_money(total, weights, 10_000)
    assert sum(shares) == total
    assert sum(1 for share in shares if share % 10_000) <= 1


@given(st.lists(st.integers(1, 50_000), min_size=1, max_size=80), st.integers(0, 2**32), st.data())
def test_settled_loans_reach_the_total_within_the_cap(values, seed, data):
    total = data.draw(st.integers(len(values), 50_000 * len(values)))
    settled = settle(Random(seed), values, total, low=1, high=50_000, steps=(1000, 100, 1))
    assert sum(settled) == total
    assert all(1 <= value <= 50_000 for value in settled)


def test_a_total_beyond_every_cap_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        settle(Random(0), [1, 1], 11, low=1, high=5)


@given(st.sets(st.integers(0, 14_000_000), min_size=2))
def test_different_people_have_different_id_numbers(numbers):
    ids = [id_number(number, date(1959, 1, 1)) for number in numbers]
    assert len(set(ids)) == len(numbers)
    assert all("1959" <= text[6:10] <= "1997" for text in ids)


def test_the_roundest_number_of_an_interval_is_found():
    assert roundest(Decimal("15649.2"), Decimal("15651.1"), Decimal("15650.1")) == 15650
    assert roundest(Decimal("3.90486e8"), Decimal("4.04743e8"), Decimal("3.976e8")) == 400_000_000
    assert roundest(Decimal("0.2"), Decimal("0.7"), Decimal("0.5")) == Decimal("0.5")
    assert roundest(Decimal("1.005"), Decimal("1.004"), Decimal(1)) is None
