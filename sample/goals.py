"""Printed figures made exact: totals that fit together to the last household and yuan, or a refusal.

Where the printed figures fit together only inside their intervals, exact values inside them are chosen; where
they cannot fit, TargetError names every contradiction. Belongs here: totals of the province. Does not belong
here: how a total is spread over counties (plan.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from orchestration.indicators import load_indicators
from sample.filling import fill
from sample.relations import (
    COMPLETIONS,
    LIMITS,
    RATES,
    START_RATE,
    SUMS,
    UNKNOWN,
    WITHIN,
    rounded,
)
from sample.targets import Target, TargetError, label


def exact_goals(given: Mapping[str, Target], defaults: Mapping[str, Target]) -> dict[str, int]:
    """Exact province totals (元, 户, 人, 个 …) by topic, the derived yearly targets included.

    Topics missing in ``given`` are scaled from ``defaults``. Raises TargetError with every contradiction.
    """
    printed = fill(given, defaults)
    problems = [
        f"{label(topic)}: {target.value} 须为整数"
        for topic, target in printed.items()
        if topic not in RATES and target.value % 1
    ]
    if problems:
        raise TargetError(problems)
    exact = {t: int(p.value) for t, p in printed.items() if t not in RATES}
    for total, parts in SUMS:
        _make_parts_add_up(exact, printed, total, parts, problems)
    # A figure moved for one pair may break the next: chains are three pairs long.
    for part, whole in WITHIN * 3:
        _keep_within(exact, printed, part, whole)
    problems += [
        f"{label(part)} {printed[part].value} 大于 {label(whole)} {printed[whole].value}"
        for part, whole in WITHIN
        if exact[part] > exact[whole]
    ]
    _check_start_rate(exact, printed, problems)
    for rate in COMPLETIONS:
        _derive_target(exact, printed, rate, problems)
    _open_ended(exact)
    _check_limits(exact, problems)
    if problems:
        raise TargetError(problems)
    return exact


def roundest(low: Decimal, high: Decimal, near: Decimal) -> Decimal | None:
    """The number with the most trailing zeros in [low, high], the nearest to ``near`` among equals; None if empty."""
    for exponent in range(15, -3, -1):
        step = Decimal(10) ** exponent
        first = (low / step).to_integral_value(rounding=ROUND_CEILING)
        last = (high / step).to_integral_value(rounding=ROUND_FLOOR)
        if first <= last and last > 0:
            wanted = rounded(near / step)
            return min(max(wanted, first, Decimal(1)), last) * step
    return None


def _make_parts_add_up(exact, printed, total: str, parts: tuple[str, ...], problems: list[str]) -> None:
    """Moves total and parts inside their printed intervals, the coarsest first, until parts sum to the total."""
    for topic in sorted((*parts, total), key=lambda t: -printed[t].half):
        missing = exact[total] - sum(exact[part] for part in parts)
        room = int(printed[topic].half)
        move = max(-room, min(room, missing))
        if topic == total:
            exact[topic] = max(exact[topic] - move, 0)
        else:
            exact[topic] = max(exact[topic] + move, 0)
    missing = exact[total] - sum(exact[part] for part in parts)
    if missing:
        problems.append(
            f"{label(total)} {printed[total].value} 与其三类之和 {sum(printed[part].value for part in parts)} "
            "不符,舍入误差也不能解释"
        )


def _keep_within(exact, printed, part: str, whole: str) -> None:
    """Lowers the part, then raises the whole, inside their intervals, as far as it takes."""
    over = max(exact[part] - exact[whole], 0)
    lowest = int(printed[part].value - printed[part].half)
    lowered = min(over, max(exact[part] - lowest, 0))
    highest = int(printed[whole].value + printed[whole].half)
    exact[part] -= lowered
    exact[whole] += min(over - lowered, max(highest - exact[whole], 0))


def _check_start_rate(exact, printed, problems: list[str]) -> None:
    rate, arranged = printed[START_RATE], exact["projects_arranged"]
    if not arranged:
        return
    actual = Decimal(exact["projects_started"]) / arranged
    if abs(actual - rate.value) > rate.half:
        problems.append(
            f"{label(START_RATE)} {rate.value} 与 {exact['projects_started']}/{arranged} = {actual:.6f} 不符"
        )


def _derive_target(exact, printed, rate: str, problems: list[str]) -> None:
    """The yearly target: the roundest number that the printed value and the printed completion rate allow.

    When the value as printed does not give back the rate, the exact value inside its interval that does is used.
    """
    value, target = COMPLETIONS[rate]
    completion, half = printed[rate].value, printed[rate].half
    v, h = printed[value].value, min(printed[value].half, printed[value].value / 20)
    if not v or not completion:
        exact[target] = 0
        return
    if half == UNKNOWN:
        near = v / completion
        exact[target] = (
            int(roundest(near * Decimal("0.98"), near * Decimal("1.02"), near) or 0) or int(near) + 1
        )
        return
    found = roundest(
        (v - h) / (completion + half), (v + h) / max(completion - half, Decimal("1e-9")), v / completion
    )
    if found is None or found % 1:
        problems.append(f"{label(rate)} {completion} 与 {label(value)} {v} 推不出整数年度目标")
        return
    exact[target] = int(found)
    if not completion - half <= v / found < completion + half:
        exact[value] = int(rounded(completion * found))


def _open_ended(exact: dict[str, int]) -> None:
    """``50多个`` is more than 50 and fewer than 60: the printed tens are a lower bound, not the count."""
    open_ended = [topic for topic, i in load_indicators().items() if i.style == "over_ten" and i.in_bulletin]
    for offset, topic in enumerate(open_ended):
        if exact[topic] and exact[topic] % 10 == 0:
            exact[topic] += 3 + 3 * (offset % 2)


def _check_limits(exact: dict[str, int], problems: list[str]) -> None:
    """What no register could hold, whatever the rounding."""
    for figure, per, least, most in LIMITS:
        value, count = exact[figure], exact[per]
        if value < count * least or (most is not None and value > count * most) or (value and not count):
            bounds = f"{least} 以上" if most is None else f"{least}~{most}"
            problems.append(f"{label(figure)} {value} 不能由 {label(per)} {count} 得到(每个 {bounds})")
    products = exact["recognised_products_total"] - exact["recognised_products_submitted"]
    suppliers = exact["recognised_product_suppliers_total"] - exact["recognised_product_suppliers_submitted"]
    if products < suppliers:
        problems.append(f"未报送产品 {products} 个少于未报送供应商 {suppliers} 家,每家至少一个产品")
