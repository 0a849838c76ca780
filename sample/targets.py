"""The figures the province must add up to: read from CSV, completed, made exact, and refused when impossible.

A printed figure stands for an interval (value ± half a unit of its last digit). Where the printed figures fit
together only inside their intervals, exact values inside them are chosen; where they cannot fit, TargetError.
Belongs here: province totals. Does not belong here: how a total is spread over counties (plan.py).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path

from orchestration.indicators import load_indicators

DEFAULT = Path(__file__).parent / "data" / "targets.csv"

LOAN_CAP = 50_000
LARGEST_HOUSEHOLD = 10
SMALLEST_VALUE = 1000

# (part, whole): the part can never exceed the whole.
WITHIN = (
    ("hotline_12317_policy_consultations", "hotline_12317_calls_received"),
    ("first_secretaries", "resident_work_teams"),
    ("first_secretaries", "resident_workers"),
    ("resident_work_teams", "resident_workers"),
    ("recognised_products_submitted", "recognised_products_total"),
    ("recognised_product_suppliers_submitted", "recognised_product_suppliers_total"),
    ("recognised_product_suppliers_submitted", "recognised_products_submitted"),
    ("recognised_product_suppliers_total", "recognised_products_total"),
    ("bridging_funds_allotted_to_counties", "bridging_funds_central_provincial"),
    ("projects_arranged", "project_pool_projects"),
    ("projects_started", "projects_arranged"),
    ("supervision_cities_visited", "supervision_counties_visited"),
)
CATEGORIES = ("unstable", "marginal", "sudden")
SUMS = tuple(
    (f"monitored_{what}_total", tuple(f"monitored_{what}_{category}" for category in CATEGORIES))
    for what in ("households", "people")
)
# completion rate → (value, derived yearly target)
COMPLETIONS = {
    "ew_labour_target_completion": ("ew_labour_transferred", "ew_labour_target"),
    "ew_lifted_people_target_completion": ("ew_lifted_people_transferred", "ew_lifted_people_target"),
    "ew_consumption_target_completion": ("ew_consumption_assistance_sales", "ew_consumption_target"),
    "ew_social_funds_target_completion": ("ew_social_assistance_funds", "ew_social_funds_target"),
}
START_RATE = "project_start_rate"
# Kept as they are when other figures are scaled: they do not grow with the size of a province.
_UNSCALED = {START_RATE, "industry_output_target_level", "industry_output_target_items", *COMPLETIONS}
# What the article does not print, at the article's scale (domain: 2116 sites, 27.3万户, 92.42万人 as upper bounds).
_BESIDES = {
    "resettlement_sites_total": 2116,
    "resettlement_households": 267_000,
    "risk_screened_households": 1_640_000,
}


class TargetError(Exception):
    """Targets that cannot be met. ``problems`` are lines in Chinese, one per contradiction."""

    def __init__(self, problems: list[str]):
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Target:
    """A printed figure: its value in base unit and half a unit of its last printed digit (0 = exact)."""

    value: Decimal
    half: Decimal


def read_targets(path: Path) -> dict[str, Target]:
    """Topic → Target. Raises TargetError for unknown topics, doubles and what is no number."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    if not rows or not {"topic", "value_base"} <= rows[0].keys():
        raise TargetError([f"{path.name}: 需要 topic 和 value_base 两列"])
    known = load_indicators().keys() | _BESIDES.keys()
    targets: dict[str, Target] = {}
    problems = []
    for row in rows:
        topic = (row["topic"] or "").strip()
        target = _target(row)
        if topic not in known:
            problems.append(f"{topic}: 指标目录中没有这一项")
        elif topic in targets:
            problems.append(f"{topic}: 出现两次")
        elif target is None:
            problems.append(f"{topic}: 数值 {row['value_base']!r} 不是非负数")
        else:
            targets[topic] = target
    if problems:
        raise TargetError(problems)
    return targets


def exact_goals(given: Mapping[str, Target], defaults: Mapping[str, Target]) -> dict[str, int]:
    """Exact province totals (元, 户, 人, 个 …) by topic, the derived yearly targets included.

    Topics missing in ``given`` are scaled from ``defaults``. Raises TargetError with every contradiction.
    """
    printed = dict(given)
    _fill(printed, defaults)
    problems = [
        f"{label(topic)}: {target.value} 须为整数"
        for topic, target in printed.items()
        if topic not in (START_RATE, *COMPLETIONS) and target.value % 1
    ]
    if problems:
        raise TargetError(problems)
    exact = {t: int(p.value) for t, p in printed.items() if t not in (START_RATE, *COMPLETIONS)}
    for total, parts in SUMS:
        _make_parts_add_up(exact, printed, total, parts, problems)
    for part, whole in WITHIN:
        _keep_within(exact, printed, part, whole, problems)
    _check_start_rate(exact, printed, problems)
    for rate in COMPLETIONS:
        _derive_target(exact, printed, rate, problems)
    _open_ended(exact)
    _check_limits(exact, problems)
    if problems:
        raise TargetError(problems)
    return exact


def label(topic: str) -> str:
    indicator = load_indicators().get(topic)
    return f"{indicator.label}({topic})" if indicator else topic


def roundest(low: Decimal, high: Decimal, near: Decimal) -> Decimal | None:
    """The number with the most trailing zeros in [low, high], the nearest to ``near`` among equals; None if empty."""
    for exponent in range(15, -3, -1):
        step = Decimal(10) ** exponent
        first = (low / step).to_integral_value(rounding="ROUND_CEILING")
        last = (high / step).to_integral_value(rounding="ROUND_FLOOR")
        if first <= last and last > 0:
            wanted = (near / step).to_integral_value(rounding=ROUND_HALF_UP)
            return min(max(wanted, first, Decimal(1)), last) * step
    return None


def _target(row: Mapping[str, str]) -> Target | None:
    try:
        value = Decimal((row["value_base"] or "").strip())
        half = Decimal((row.get("precision_half_unit_base") or "0").strip() or "0")
    except InvalidOperation:
        return None
    return Target(value, half) if value.is_finite() and value >= 0 and half >= 0 else None


def _fill(printed: dict[str, Target], defaults: Mapping[str, Target]) -> None:
    """Adds what the targets leave out, at the scale of its section's given figures, else of all given figures."""
    sections = {topic: indicator.section for topic, indicator in load_indicators().items()}
    ratios: dict[str, list[Decimal]] = {}
    for topic, target in printed.items():
        if topic not in _UNSCALED and topic in defaults and defaults[topic].value:
            ratio = target.value / defaults[topic].value
            ratios.setdefault(sections[topic], []).append(ratio)
            ratios.setdefault("", []).append(ratio)
    missing = [topic for topic in (*defaults, *_BESIDES) if topic not in printed]
    for topic in missing:
        if topic in _UNSCALED:
            printed[topic] = defaults[topic]
            continue
        base = defaults[topic].value if topic in defaults else Decimal(_BESIDES[topic])
        near = ratios.get(sections.get(topic, ""), ratios.get("", [Decimal(1)]))
        scaled = (base * _middle(near)).to_integral_value(rounding=ROUND_HALF_UP)
        # Half of itself: a figure nobody gave may move to fit the figures that were given.
        printed[topic] = Target(scaled, max(scaled, Decimal(1)))
    if START_RATE in missing:
        printed[START_RATE] = Target(Decimal("0.5"), Decimal("0.5"))


def _middle(ratios: list[Decimal]) -> Decimal:
    return sorted(ratios)[len(ratios) // 2]


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


def _keep_within(exact, printed, part: str, whole: str, problems: list[str]) -> None:
    over = exact[part] - exact[whole]
    if over <= 0:
        return
    lowered = min(over, int(printed[part].half))
    raised = min(over - lowered, int(printed[whole].half))
    exact[part] -= lowered
    exact[whole] += raised
    if over > lowered + raised:
        problems.append(f"{label(part)} {printed[part].value} 大于 {label(whole)} {printed[whole].value}")


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
    found = roundest(
        (v - h) / (completion + half), (v + h) / max(completion - half, Decimal("1e-9")), v / completion
    )
    if found is None or found % 1:
        problems.append(f"{label(rate)} {completion} 与 {label(value)} {v} 推不出整数年度目标")
        return
    exact[target] = int(found)
    if not completion - half <= v / found < completion + half:
        exact[value] = int((completion * found).to_integral_value(rounding=ROUND_HALF_UP))


def _open_ended(exact: dict[str, int]) -> None:
    """``50多个`` is more than 50 and fewer than 60: the printed tens are a lower bound, not the count."""
    open_ended = [topic for topic, i in load_indicators().items() if i.style == "over_ten" and i.in_bulletin]
    for offset, topic in enumerate(open_ended):
        if exact[topic] and exact[topic] % 10 == 0:
            exact[topic] += 3 + 3 * (offset % 2)


def _check_limits(exact: dict[str, int], problems: list[str]) -> None:
    """What no register could hold, whatever the rounding."""
    for category in CATEGORIES:
        people, households = exact[f"monitored_people_{category}"], exact[f"monitored_households_{category}"]
        if not households <= people <= households * LARGEST_HOUSEHOLD:
            problems.append(
                f"{label(f'monitored_people_{category}')} {people} 人住不进 {households} 户(每户 1~{LARGEST_HOUSEHOLD} 人)"
            )
    loans, amount = exact["microcredit_households"], exact["microcredit_amount"]
    if not loans <= amount <= loans * LOAN_CAP:
        problems.append(
            f"{label('microcredit_amount')} {amount} 元不能由 {loans} 户、每户不超过 {LOAN_CAP} 元得到"
        )
    rest_products = exact["recognised_products_total"] - exact["recognised_products_submitted"]
    rest_suppliers = (
        exact["recognised_product_suppliers_total"] - exact["recognised_product_suppliers_submitted"]
    )
    if rest_products < rest_suppliers:
        problems.append(f"未报送产品 {rest_products} 个少于未报送供应商 {rest_suppliers} 家,每家至少一个产品")
    for some, of in (
        ("recognised_products_submitted", "recognised_product_suppliers_submitted"),
        ("recognised_products_total", "recognised_product_suppliers_total"),
        ("project_pool_funds", "project_pool_projects"),
        ("recognised_products_output_value", "recognised_products_total"),
        ("resident_workers_trained", "resident_workers"),
    ):
        if exact[some] and not exact[of]:
            problems.append(f"{label(some)} {exact[some]},但 {label(of)} 为 0")
    for money, of in (
        ("project_pool_funds", "project_pool_projects"),
        ("recognised_products_output_value", "recognised_products_total"),
    ):
        if exact[money] < exact[of] * SMALLEST_VALUE:
            problems.append(
                f"{label(money)} {exact[money]} 元分给 {exact[of]} 项,每项不足 {SMALLEST_VALUE} 元"
            )
