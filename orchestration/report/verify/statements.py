"""What a text states between its own figures: parts and their sum, of which, ratios, one figure said twice.

Which figures hang together is known from the declared identities and ratios, where figures mean indicators, and otherwise from
the sentence: a total followed by 其中. A printed number stands for the interval that rounds to it; where printed parts are the
bureau's own they must add up as printed (舍位平衡). Judged without the warehouse.

Belongs here: relations within a text. Does not belong here: the warehouse's values (``verdicts``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

from expectations.identities import Identity, load_identities
from orchestration.decimals import exact_text
from orchestration.indicators import load_indicators
from orchestration.report.verify.numbers import SCALES, SHARES
from orchestration.report.verify.quantities import Quantity
from orchestration.report.verify.verdicts import rounded_as

_PEOPLE = ("人", "名", "位")


@dataclass(frozen=True, slots=True)
class Said:
    """A figure of the text for its relations: ``key``: the indicator it means, if any; ``about``: whose and when, so that only
    figures of one unit and period are related; ``ours``: the warehouse holds it; ``confirmed``: and says so too; ``coarse``: printed with fewer digits on purpose."""

    index: int
    quantity: Quantity
    key: str | None
    about: tuple
    ours: bool = False
    confirmed: bool = False
    coarse: bool = False

    @property
    def interval(self) -> tuple[Decimal, Decimal]:
        """What the printed number stands for; zeros an indicator is declared with and the text dropped are read as kept."""
        quantity = self.quantity
        indicator = load_indicators().get(self.key or "")
        if (
            indicator
            and not self.coarse
            and quantity.scale == indicator.scale
            and quantity.scale in ("万", "亿")
        ):
            half = SCALES[quantity.scale].scaleb(-max(indicator.decimals, quantity.decimals)) / 2
            return quantity.value - half, quantity.value + half
        return quantity.low, quantity.high


@dataclass(frozen=True, slots=True)
class Statement:
    """``kind``: sum | of_which | ratio | limit | repeated. ``grade``: exact | rounding | impossible. ``holds`` is false where the
    text contradicts itself; a ``soft`` one may fail in a true report. ``figures``: indexes of the figures it is about."""

    kind: str
    text: str
    grade: str
    holds: bool
    soft: bool
    figures: tuple[int, ...]
    detail: str


def statements(said: Sequence[Said]) -> list[Statement]:
    """Every relation found among the figures that are levels, in the order of the text."""
    levels = [one for one in said if one.quantity.kind == "level" and one.quantity.bound == "exact"]
    found = [*_repeated(levels), *_declared(levels)]
    told = [set(statement.figures) for statement in found]
    found += [
        s
        for s in (*_of_which(levels), *_shares(levels))
        if not any(set(s.figures) <= known for known in told)
    ]
    return sorted(found, key=lambda statement: statement.figures)


def _repeated(said: Sequence[Said]) -> Iterator[Statement]:
    for (key, _), group in _grouped(said, lambda one: (one.key, one.about)):
        mentions = list(group)
        if key is None or len(mentions) < 2:
            continue
        label = load_indicators()[key].label
        low = max(one.interval[0] for one in mentions)
        high = min(one.interval[1] for one in mentions)
        same = len({one.quantity.value for one in mentions}) == 1
        explained = low < high or all(one.confirmed for one in mentions)
        grade = "exact" if same else "rounding" if explained else "impossible"
        numbers = "、".join(dict.fromkeys(one.quantity.text for one in mentions))
        detail = f"前后都是 {numbers}" if same else f"前后不同:{numbers}"
        yield Statement(
            "repeated", f"{label}前后一致", grade, grade != "impossible", False, _indexes(mentions), detail
        )


def _declared(said: Sequence[Said]) -> Iterator[Statement]:
    for _, group in _grouped([one for one in said if one.key], lambda one: one.about):
        mentions: dict[str, list[Said]] = {}
        for one in group:
            mentions.setdefault(one.key or "", []).append(one)
        for identity in load_identities():
            yield from _identity(identity, mentions)


def _identity(identity: Identity, mentions: dict[str, list[Said]]) -> Iterator[Statement]:
    ratio = identity.times if isinstance(identity.times, str) else None
    keys = [*identity.left, identity.right, *([ratio] if ratio else [])]
    if not all(key in mentions for key in keys):
        return
    sets = {
        tuple(_nearest(mentions[key], anchor) for key in keys) for key in keys for anchor in mentions[key]
    }
    for chosen in sorted(sets, key=lambda ones: [one.index for one in ones]):
        if ratio:
            yield _ratio(identity.title_zh, chosen[0], chosen[1], chosen[2], soft=identity.strength == "soft")
        elif identity.relation == "equal":
            yield _equal(identity.title_zh, chosen[:-1], chosen[-1], soft=identity.strength == "soft")
        else:
            yield _at_most(identity, chosen[:-1], chosen[-1])


def _nearest(mentions: Sequence[Said], anchor: Said) -> Said:
    return min(mentions, key=lambda one: abs(one.quantity.start - anchor.quantity.start))


def _equal(title: str, parts: Sequence[Said], total: Said, *, soft: bool = False) -> Statement:
    added = sum((one.quantity.value for one in parts), Decimal(0))
    low = sum((one.interval[0] for one in parts), Decimal(0))
    high = sum((one.interval[1] for one in parts), Decimal(0))
    if added == total.quantity.value:
        grade = "exact"
    else:
        grade = "rounding" if low <= total.interval[1] and high >= total.interval[0] else "impossible"
    alike = len({one.quantity.scale for one in (*parts, total)}) == 1
    ours = alike and all(one.ours and not one.coarse for one in (*parts, total))
    terms = "+".join(one.quantity.text for one in parts)
    sign = {"exact": "=", "rounding": "≈", "impossible": "≠"}[grade]
    detail = f"{terms}{sign}{total.quantity.text}"
    if grade != "exact":
        detail += f"(相加得 {_plain(added, total.quantity)})"
    if grade == "rounding" and ours:
        detail += ";舍入可解释,但印发数应相加相等(舍位平衡)"
    holds = grade == "exact" or (grade == "rounding" and not ours)
    return Statement("sum", title, grade, holds, soft, _indexes((*parts, total)), detail)


def _at_most(identity: Identity, parts: Sequence[Said], whole: Said) -> Statement:
    times = Decimal(int(identity.times))
    low = sum((one.interval[0] for one in parts), Decimal(0))
    possible = low <= whole.interval[1] * times
    terms = "+".join(one.quantity.text for one in parts)
    factor = f"×{times}" if times != 1 else ""
    return Statement(
        "of_which" if times == 1 else "limit",
        identity.title_zh,
        "exact" if possible else "impossible",
        possible,
        identity.strength == "soft",
        _indexes((*parts, whole)),
        f"{terms}{'≤' if possible else '>'}{whole.quantity.text}{factor}",
    )


def _ratio(title: str, part: Said, whole: Said, share: Said, *, soft: bool = False) -> Statement:
    computed = part.quantity.value / whole.quantity.value if whole.quantity.value else None
    if computed is None:
        grade, shown = "impossible", "分母为0"
    else:
        low = part.interval[0] / whole.interval[1]
        high = part.interval[1] / whole.interval[0] if whole.interval[0] > 0 else Decimal("Infinity")
        possible = low <= share.interval[1] and high >= share.interval[0]
        exact = rounded_as(share.quantity, computed) == share.quantity.value
        grade = "impossible" if not possible else "exact" if exact else "rounding"
        shown = _plain(computed, share.quantity)
    detail = f"{part.quantity.text}÷{whole.quantity.text}={shown},文中 {share.quantity.text}"
    return Statement(
        "ratio", title, grade, grade != "impossible", soft, _indexes((part, whole, share)), detail
    )


def _of_which(said: Sequence[Said]) -> Iterator[Statement]:
    """A total and the figures of its unit that 其中 opens, to the end of the sentence."""
    for _, group in _grouped(said, lambda one: one.quantity.sentence):
        ordered = sorted(group, key=lambda one: one.index)
        first = next((i for i, one in enumerate(ordered) if one.quantity.relation == "其中"), 0)
        for total in ordered[:first]:
            unit = _counted_in(total.quantity)
            later = [one for one in ordered[:first] if one.index > total.index]
            parts = [one for one in ordered[first:] if _counted_in(one.quantity) == unit and unit]
            if not parts or any(_counted_in(one.quantity) == unit for one in later):
                continue
            yield from _parts_of(parts, total)


def _parts_of(parts: Sequence[Said], total: Said) -> Iterator[Statement]:
    added = sum((one.quantity.value for one in parts), Decimal(0))
    low = sum((one.interval[0] for one in parts), Decimal(0))
    if len(parts) > 1 and added == total.quantity.value:
        yield _equal("各项之和等于总数", parts, total)
        return
    too_large = [one for one in parts if one.interval[0] > total.interval[1]]
    if too_large or low > total.interval[1]:
        terms = "+".join(one.quantity.text for one in (too_large or parts))
        figures = _indexes((*(too_large or parts), total))
        text = "其中的一项不大于总数" if too_large else "其中各项之和不大于总数"
        yield Statement(
            "of_which", text, "impossible", False, False, figures, f"{terms}>{total.quantity.text}"
        )
        return
    terms = "+".join(one.quantity.text for one in parts)
    yield Statement(
        "of_which",
        "其中各项之和不大于总数",
        "exact",
        True,
        False,
        _indexes((*parts, total)),
        f"{terms}≤{total.quantity.text}",
    )


def _shares(said: Sequence[Said]) -> Iterator[Statement]:
    """A个,其中B个,占(率)P%: the share is that of the two figures before it in the sentence, when there are just two of a unit."""
    for _, group in _grouped(said, lambda one: one.quantity.sentence):
        ordered = sorted(group, key=lambda one: one.index)
        for place, share in enumerate(ordered):
            if share.quantity.scale not in SHARES or not any(
                word in share.quantity.near for word in ("占", "率")
            ):
                continue
            before = ordered[:place]
            if (
                len(before) != 2
                or "完成" in share.quantity.near
                or not all(_counted_in(b.quantity) for b in before)
            ):
                continue
            if _counted_in(before[0].quantity) == _counted_in(before[1].quantity):
                part, whole = sorted(before, key=lambda one: one.quantity.value)
                yield _ratio("比率与所说的两个数相符", part, whole, share)


def _counted_in(quantity: Quantity) -> str:
    """The unit in which figures may be added; "" for a share or a figure without a measure word."""
    if quantity.scale in SHARES or quantity.scale == "分之":
        return ""
    return "人" if quantity.measure in _PEOPLE else quantity.measure


def _grouped(said: Iterable[Said], by) -> Iterator[tuple]:
    return groupby(sorted(said, key=lambda one: (repr(by(one)), one.index)), key=by)


def _indexes(said: Iterable[Said]) -> tuple[int, ...]:
    return tuple(one.index for one in said)


def _plain(value: Decimal, like: Quantity) -> str:
    """A value written in the scale of a printed figure, with all its digits where it is a sum, rounded where it is a ratio."""
    scale = like.scale if like.scale in SCALES else ""
    number = value / SCALES[scale]
    if like.scale in SHARES:
        number = number.quantize(Decimal(1).scaleb(-max(like.decimals, 2)), ROUND_HALF_UP)
    return exact_text(number) + scale + like.measure
