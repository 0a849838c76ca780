"""From a published figure down to cells: the steps of a trace put together.

Belongs here: which figure was asked for, its parts, and the proof that the rows found give it. Does not belong here: each
step's reading (``rows``, ``senders``, ``verdicts``), backwards (``reach``) and showing (``screen``, ``pages``).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches

from orchestration.home import Home
from orchestration.report.trace.formula import Formula, read_formula
from orchestration.report.trace.found import Contribution, NotTraceable, Part, Source, Stated, Trace
from orchestration.report.trace.published import Entry, Figure, Published
from orchestration.report.trace.rows import Counted, count_rows
from orchestration.report.trace.senders import stated, submissions
from orchestration.report.trace.verdicts import standing

_RATIO_STEP = 10**10


def trace(home: Home, figure_key: str, period: str, unit_code: str | None = None) -> Trace:
    """Traces a published figure of a unit (default: the province), by key, Chinese name or alias.

    Raises NotTraceable for a figure, unit or period that the published file does not know.
    """
    with Published(home) as published:
        entry = find_entry(published.dictionary, figure_key)
        return trace_in(published, entry, period, unit_code or published.province.code)


def find_entry(dictionary: Mapping[str, Entry], text: str) -> Entry:
    """An indicator by key, label or alias. Raises NotTraceable with the nearest ones, or with all that it may mean."""
    if text in dictionary:
        return dictionary[text]
    named = [entry for entry in dictionary.values() if text == entry.label]
    named = named or [entry for entry in dictionary.values() if text in entry.aliases]
    if len(named) == 1:
        return named[0]
    if named:
        raise NotTraceable(f"{text!r} 可指多个指标:{_listed(named)}")
    names = {
        name: entry for entry in dictionary.values() for name in (entry.key, entry.label, *entry.aliases)
    }
    near = [names[name] for name in get_close_matches(text, names, n=5, cutoff=0.5)]
    near += [entry for name, entry in names.items() if text and text in name]
    if not near:
        raise NotTraceable(f"没有指标 {text!r};指标名单见 marts.dim_indicator")
    raise NotTraceable(f"没有指标 {text!r};相近的有:{_listed(list({e.key: e for e in near}.values())[:6])}")


def trace_in(published: Published, entry: Entry, period: str, unit_code: str) -> Trace:
    """Traces an indicator with a published file that is open already. Raises NotTraceable."""
    figures = published.once(Published.figures, period, unit_code)
    figure = figures.get(entry.key)
    unit = published.units[unit_code]
    if figure is None:
        raise NotTraceable(_absent(published, entry, period, unit_code))
    sides = (
        [entry]
        if entry.measure
        else [published.dictionary[str(key)] for key in (entry.numerator, entry.denominator)]
    )
    parts = tuple(published.once(_part, side, figures.get(side.key) or _as(figure, side)) for side in sides)
    recomputed = parts[0].recomputed if entry.measure else _ratio(parts[0].recomputed, parts[1].recomputed)
    number, published_at = published.publication
    computed = (
        {unit_code: figure.value} if figure.source_periods == 1 else {}
    )  # nobody states a sum of months
    said = stated(published, entry.key, figure.source_period, computed)
    return Trace(
        figure_key=entry.key,
        label=entry.label,
        kind=entry.kind,
        reporting_period=period,
        unit_code=unit_code,
        unit_name=unit.name,
        value=figure.value,
        unit=entry.unit,
        display=figure.display,
        is_adjusted=figure.is_adjusted,
        as_of=figure.as_of,
        words=entry.words or entry.label,
        sql=parts[0].sql if entry.measure else f"{entry.numerator} / {entry.denominator}",
        publication=number,
        published_at=published_at,
        recomputed=recomputed,
        proven=recomputed == figure.value and all(part.proven for part in parts),
        stated=said.get(unit_code),
        parts=parts,
    )


def _part(published: Published, entry: Entry, figure: Figure) -> Part:
    periods = published.base_periods(figure)
    entry = published.defined(entry, figure.source_period)
    formula = read_formula(str(entry.measure), entry.where)
    units = tuple(published.below(figure.unit_code))
    counted = count_rows(published, entry, formula, periods, units)
    by_submission: dict[str, int] = {}
    for source in counted.sources:
        by_submission[source.submission_id] = by_submission.get(source.submission_id, 0) + source.rows
    senders = submissions(published, str(entry.dataset), periods, units, by_submission)
    recomputed = _recomputed(formula, counted, bool(senders))
    return Part(
        figure_key=entry.key,
        label=entry.label,
        kind=entry.kind,
        value=figure.value,
        unit=entry.unit,
        display=figure.display,
        periods=periods,
        words=entry.words or entry.label,
        sql=_sql(entry, formula),
        fact=str(entry.fact),
        dataset=str(entry.dataset),
        sheet=next((sender.sheet for sender in senders if sender.sheet), ""),
        rows=counted.rows,
        of_rows=counted.of_rows,
        distinct=counted.distinct,
        recomputed=recomputed,
        proven=recomputed is not None and (figure.value is None or recomputed == figure.value),
        repeated=_repeated(formula, counted),
        contributions=_contributions(published, entry, periods, counted),
        verdicts=published.once(
            standing, str(entry.dataset), periods, tuple(sent.submission_id for sent in senders)
        ),
        submissions=senders,
    )


def _as(figure: Figure, side: Entry) -> Figure:
    """A side that is not published on its own counts what the ratio counts."""
    return Figure(
        figure.reporting_period,
        figure.unit_code,
        side.key,
        None,
        "",
        False,
        figure.as_of,
        figure.source_period,
        1,
    )


def _contributions(
    published: Published, entry: Entry, periods: tuple[str, ...], counted: Counted
) -> tuple[Contribution, ...]:
    """The units whose rows count, the largest part first."""
    values = {unit: value for unit, (_, value) in counted.units.items()}
    said: dict[str, Stated] = {}
    if len(periods) == 1:
        said = stated(published, entry.key, periods[0], values)
    sources: dict[str, list[Source]] = {}
    for source in counted.sources:
        sources.setdefault(source.unit_code, []).append(source)
    return tuple(
        Contribution(
            unit_code=unit,
            unit_name=published.units[unit].name,
            value=values[unit],
            rows=counted.units[unit][0],
            stated=said.get(unit),
            sources=tuple(sources[unit]),
        )
        for unit in sorted(values, key=lambda unit: (-values[unit], unit))
    )


def _recomputed(formula: Formula, counted: Counted, reported: bool) -> Decimal | None:
    """The measure over the rows. Where no row counts, a sum or a count of who reported is 0; a least value is none."""
    if counted.rows:
        return counted.value
    return Decimal(0) if reported and formula.function in ("count", "sum") else None


def _repeated(formula: Formula, counted: Counted) -> Decimal | None:
    if not (formula.adds_up or formula.distinct):
        return None
    return sum((value for _, value in counted.units.values()), Decimal(0)) - counted.value


def _ratio(numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    """As the macro ``ratio``: integer arithmetic on ten decimals, rounded half away from zero."""
    if numerator is None or not denominator:
        return None
    above, below = (int(value * _RATIO_STEP) for value in (numerator, denominator))
    sign = 1 if (above < 0) == (below < 0) else -1
    rounded = (abs(above) * 2 * _RATIO_STEP + abs(below)) // (2 * abs(below))
    return Decimal(sign * rounded).scaleb(-10)


def _sql(entry: Entry, formula: Formula) -> str:
    return f"select {formula.measure} from marts.{entry.fact}" + (
        f" where {formula.where}" if formula.where else ""
    )


def _listed(entries: list[Entry]) -> str:
    return "、".join(f"{entry.key}({entry.label})" for entry in entries)


def _absent(published: Published, entry: Entry, period: str, unit_code: str) -> str:
    """Why there is no such figure: nothing of the period, nothing of the unit, or no such figure of that unit."""
    unit = published.units[unit_code]
    known = published.query(
        "select distinct reporting_period from marts.rpt_figures where figure_key = $key and unit_code = $unit order by 1",
        key=entry.key,
        unit=unit_code,
    )
    has = f";有的报告期:{'、'.join(row[0] for row in known)}" if known else ";各报告期都没有"
    return f"已发布的数据仓库中没有{unit.name}({unit_code}){period} 的{entry.label}({entry.key}){has}"
