"""Exact integer arithmetic: a total is shared out and nothing is lost to rounding.

Belongs here: pure allocation. Does not belong here: what is being allocated.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

_ONE = 1 << 40


def apportion(
    total: int,
    weights: Sequence[int],
    low: Sequence[int] | None = None,
    high: Sequence[int] | None = None,
) -> list[int]:
    """Integers in proportion to ``weights`` (largest remainder), within [low, high], that sum to ``total``.

    Raises ValueError when the bounds cannot hold the total.
    """
    low = list(low) if low is not None else [0] * len(weights)
    high = list(high) if high is not None else [max(total, 0)] * len(weights)
    if not sum(low) <= total <= sum(high) or any(a > b for a, b in zip(low, high, strict=True)):
        raise ValueError(f"{total} does not fit between {sum(low)} and {sum(high)}")
    if not any(weights):
        weights = [1] * len(weights)
    exact = _scaled(_multiplier(total, weights, low, high), weights, low, high)
    return _hand_out(total, exact, high)


def apportion_money(total: int, weights: Sequence[int], unit: int) -> list[int]:
    """Like apportion, in multiples of ``unit``; what is no multiple goes to the largest share."""
    shares = [share * unit for share in apportion(total // unit, weights)]
    shares[shares.index(max(shares))] += total % unit
    return shares


def settle(
    rng: Random, values: Sequence[int], total: int, *, low: int, high: int, steps: Sequence[int] = (1,)
) -> list[int]:
    """Moves the values as little as needed, in round steps and within [low, high], until they sum to ``total``.

    The last step must be 1 for every total to be reachable. Raises ValueError when the bounds cannot hold it.
    """
    if not low * len(values) <= total <= high * len(values):
        raise ValueError(f"{total} does not fit {len(values)} values between {low} and {high}")
    values = list(values)
    order = list(range(len(values)))
    rng.shuffle(order)
    missing = total - sum(values)
    for step in steps:
        missing = _settle_by(step, values, missing, order, low=low, high=high)
    return values


def _settle_by(step: int, values: list[int], missing: int, order: list[int], *, low: int, high: int) -> int:
    moved = True
    while abs(missing) >= step and moved:
        moved = False
        portion = (abs(missing) // len(order) // step + 1) * step
        for index in order:
            room = high - values[index] if missing > 0 else values[index] - low
            move = min(abs(missing), room, portion) // step * step
            if move <= 0:
                continue
            values[index] += move if missing > 0 else -move
            missing += -move if missing > 0 else move
            moved = True
            if abs(missing) < step:
                break
    return missing


def _multiplier(total: int, weights: Sequence[int], low: list[int], high: list[int]) -> int:
    """The largest k whose shares weight·k/2^40, cut to the bounds, do not exceed the total."""
    below, above = 0, (max(high) + 1) * _ONE
    while above - below > 1:
        middle = (below + above) // 2
        if sum(_scaled(middle, weights, low, high)) <= total * _ONE:
            below = middle
        else:
            above = middle
    return below


def _scaled(k: int, weights: Sequence[int], low: list[int], high: list[int]) -> list[int]:
    """Shares in 2^-40ths, cut to the bounds."""
    return [min(max(w * k, a * _ONE), b * _ONE) for w, a, b in zip(weights, low, high, strict=True)]


def _hand_out(total: int, exact: list[int], high: list[int]) -> list[int]:
    """Rounds down and gives the rest to the largest remainders, then wherever there is room."""
    shares = [share // _ONE for share in exact]
    order = sorted(range(len(shares)), key=lambda i: -(exact[i] % _ONE))
    rest = total - sum(shares)
    while rest:
        open_places = [i for i in order if shares[i] < high[i]]
        each = max(rest // len(open_places), 1)
        for index in open_places:
            given = min(each, high[index] - shares[index], rest)
            shares[index] += given
            rest -= given
    return shares
