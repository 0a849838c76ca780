"""What the registers and the other totals say about why a stated total fails: its unit, a swap, a smallest edit.

Belongs here: 汇总表 alone. The tables ``stated``, ``unit_figures`` and ``measurement_units`` are the workspace's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pyarrow as pa

from expectations.identities import Identity, load_identities
from orchestration.audit import hint_words
from orchestration.audit.smallest_edit import Cell, edit_of, smallest_edits
from orchestration.indicators import load_indicators

STATED_RULES = ("R-SUM-3", "R-SUM-4", "R-SUM-5", "R-SUM-6")

_PLAIN_SUM = re.compile(r"sum\((\w+)\)")
_ONE = Decimal(1)
_ABOUT = Decimal("0.2")  # a register with faults of its own is out by no more than that


@dataclass(frozen=True, slots=True)
class Total:
    """A stated total. Values are in base units; ``low`` and ``high`` end the interval it stands for; ``step`` is
    its last digit; ``register`` what the unit's own register comes to, None when there is none."""

    cell: str
    figure: str
    value: Decimal
    unit: str
    factor: Decimal
    step: Decimal
    low: Decimal
    high: Decimal
    register: Decimal | None

    @property
    def wrong(self) -> bool:
        """Whether the register contradicts it."""
        return self.register is not None and not self.low <= self.register <= self.high

    def printed(self, value: Decimal) -> Decimal:
        """A value as this total would state it: in its unit, rounded to its last digit."""
        digits = (value / self.step).quantize(_ONE, ROUND_HALF_UP)
        return digits * self.step / self.factor


Totals = dict[str, Total]  # by figure


def stated_hints(
    connection: duckdb.DuckDBPyConnection, places: Sequence[Mapping]
) -> dict[tuple[str, str, int | None, str | None], str]:
    """By rule, submission, row and what was found (two identities may fail on one row)."""
    submissions = sorted({place["submission_id"] for place in places})
    by_submission, figure_at = _totals(connection, submissions)
    units = _units(connection)
    titled = {identity.title_zh: identity for identity in load_identities()}
    hints = {}
    for place in places:
        totals = by_submission.get(place["submission_id"], {})
        if place["rule_code"] == "R-SUM-3":
            figure = figure_at.get((place["submission_id"], place["source_row"]))
            hint = _against_register(totals.get(figure or ""), totals, units)
        else:
            identity = titled.get((place["found"] or "").split(":", 1)[0])
            hint = _between(identity, totals) if identity else None
        if hint:
            key = (place["rule_code"], place["submission_id"], place["source_row"], place["found"])
            hints[key] = hint
    return hints


def excesses(
    connection: duckdb.DuckDBPyConnection, dataset: str, submissions: Sequence[str]
) -> dict[str, dict[str, list[tuple[Decimal, Decimal]]]]:
    """By submission and column of a register: by how much it adds up to more than the total stated of it, as the
    ends of an interval, which holds 0 when the two agree; of totals that are plain sums of a column."""
    by_submission, _ = _totals(connection, submissions)
    summed = {
        key: match[1]
        for key, indicator in load_indicators().items()
        if indicator.dataset == dataset and (match := _PLAIN_SUM.fullmatch(indicator.measure or ""))
    }
    found: dict[str, dict[str, list[tuple[Decimal, Decimal]]]] = {}
    for submission, totals in by_submission.items():
        for figure, column in summed.items():
            total = totals.get(figure)
            if total and total.register is not None:
                ends = total.register - total.high, total.register - total.low
                found.setdefault(submission, {}).setdefault(column, []).append(ends)
    return found


def _totals(
    connection: duckdb.DuckDBPyConnection, submissions: Sequence[str]
) -> tuple[dict[str, Totals], dict[tuple[str, int], str]]:
    """The totals of each submission by figure, and the figure on each row. A figure stated twice counts once."""
    connection.register("_asked", pa.table({"submission_id": pa.array(submissions, pa.string())}))
    rows = connection.execute(_TOTALS).fetchall()
    connection.unregister("_asked")
    totals: dict[str, Totals] = {}
    figure_at = {}
    for submission, row, figure, letter, value, unit, factor, half_unit, low, high, register in rows:
        # A whole count has no rounding; its last digit is 1.
        step = 2 * half_unit if half_unit else factor
        total = Total(f"{letter}{row}", figure, value, unit, factor, step, low, high, register)
        totals.setdefault(submission, {}).setdefault(figure, total)
        figure_at[submission, row] = figure
    return totals, figure_at


_TOTALS = """
    select s.submission_id, s.source_row, s.figure_key, l.column_letter, s.value, s.unit, u.factor, s.half_unit,
           s.low, s.high, f.value as register
    from stated as s
    semi join _asked using (submission_id)
    join measurement_units as u on u.unit = s.unit
    join landed_columns as l on l.submission_id = s.submission_id and l.dataset = 'stated_totals'
        and l.column_name = 'value' and l.column_letter is not null
    left join unit_figures as f on f.submission_id = s.submission_id and f.figure_key = s.figure_key
    where s.figure_key is not null and s.value is not null and s.half_unit is not null
    order by s.submission_id, s.source_row"""


def _units(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, Decimal]]]:
    """For each unit of measurement the others of its kind, with their factors."""
    rows = connection.execute(
        "select unit, dimension, factor from measurement_units order by unit"
    ).fetchall()
    return {
        unit: [(other, factor) for other, kind, factor in rows if kind == dimension and other != unit]
        for unit, dimension, _ in rows
    }


def _against_register(
    total: Total | None, totals: Totals, units: Mapping[str, Sequence[tuple[str, Decimal]]]
) -> str | None:
    """Why a total differs from its register: another's value, another unit, a percentage's scale, or a slip."""
    if total is None or total.register is None:
        return None
    other = next((t for t in totals.values() if _changed_places(total, t)), None)
    if other:
        return hint_words.swapped(total.cell, other.cell)
    return _in_another_unit(total, units.get(total.unit, ())) or _slip(total)


def _changed_places(one: Total, other: Total) -> bool:
    """Whether each of two wrong totals is what the other's register comes to."""
    return (
        one.figure != other.figure
        and one.wrong
        and other.wrong
        and one.low <= (other.register or 0) <= one.high
        and other.low <= (one.register or 0) <= other.high
    )


def _in_another_unit(total: Total, units: Iterable[tuple[str, Decimal]]) -> str | None:
    """The unit in which the same digits would agree with the register, within their rounding."""
    register = total.register or Decimal(0)
    if total.unit == "%":
        for factor in (Decimal(100), Decimal("0.01")):
            if total.low * factor <= register <= total.high * factor:
                return hint_words.scale_figure(
                    total.cell, 100, total.value / total.factor, total.printed(register), "%"
                )
        return None
    for slack in (Decimal(0), _ABOUT):
        for unit, factor in units:
            change = factor / total.factor
            times = int(max(change, 1 / change))
            low, high = total.low * change * (1 - slack), total.high * change * (1 + slack)
            if times in hint_words.TIMES and low <= register <= high:
                return hint_words.scale_unit(total.cell, total.unit, unit, times, exact=not slack)
    return None


def _slip(total: Total) -> str | None:
    before, after = total.value / total.factor, total.printed(total.register or Decimal(0))
    edit = edit_of(total.cell, before, after)
    times = hint_words.UNIT_SLIPS.get(edit.slip)
    if times:
        return hint_words.scale_figure(total.cell, times, before, after, total.unit)
    # A register that comes to nothing is more likely empty than the total wrong.
    return hint_words.smallest([edit]) if after > 0 else None


def _between(identity: Identity, totals: Totals) -> str | None:
    """Why totals contradict each other."""
    members = [totals.get(figure) for figure in (*identity.left, identity.right)]
    if any(member is None for member in members):
        return None
    *left, right = members
    if identity.relation == "at_most":
        return _part_and_whole(left[0], right) if len(left) == 1 and identity.times == 1 else None
    if isinstance(identity.times, str):
        ratio = totals.get(identity.times)
        return _ratio(left[0], right, ratio) if ratio else None
    return _parts_and_total(left, right) if identity.times == 1 else None


def _parts_and_total(parts: Sequence[Total], total: Total) -> str | None:
    """The smallest edit, of those cells that their registers contradict if there are any."""
    wrong = [member.cell for member in (total, *parts) if member.wrong]
    edits = smallest_edits(_cell(total), [_cell(part) for part in parts], among=wrong)
    return hint_words.smallest(edits) if edits else None


def _cell(total: Total) -> Cell:
    return Cell(
        total.cell,
        total.value / total.factor,
        factor=total.factor,
        step=total.step / total.factor,
    )


def _part_and_whole(part: Total, whole: Total) -> str | None:
    """A part above its whole: the two change places, unless a register says that either is right as it stands."""
    if any(t.register is not None and not t.wrong for t in (part, whole)):
        return None
    known = part.register is not None and whole.register is not None
    if known and not _changed_places(part, whole):
        return None
    return hint_words.swapped(part.cell, whole.cell)


def _ratio(numerator: Total, denominator: Total, ratio: Total) -> str | None:
    """What the ratio comes to; as a percentage's scale where that is all that is wrong."""
    if denominator.value <= 0:
        return None
    quotient = numerator.value / denominator.value
    for factor in (Decimal(100), Decimal("0.01")):
        if ratio.low * factor <= quotient <= ratio.high * factor:
            return hint_words.scale_figure(
                ratio.cell, 100, ratio.value / ratio.factor, ratio.printed(quotient), ratio.unit
            )
    before, after = ratio.value / ratio.factor, ratio.printed(quotient)
    return hint_words.smallest([edit_of(ratio.cell, before, after)]) if after != before else None
