"""From a published figure down to cells: the steps of a trace put together.

Belongs here: which figure was asked for, its parts, and the proof that the rows found give it. Does not belong here: each
step's reading (``rows``, ``senders``, ``verdicts``), backwards (``reach``) and showing (``screen``, ``pages``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches

from orchestration.home import Home
from orchestration.report.trace.formula import Formula, read_formula
from orchestration.report.trace.found import Contribution, NotTraceable, Part, Source, Stated, Trace
from orchestration.report.trace.published import Asked, Entry, Figure, Published
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


def ask(published: Published, entries: Iterable[Entry], units: Iterable[str]) -> Asked:
    """What is to be traced together."""
    keys = dict.fromkeys(side.key for entry in entries for side in _sides(published, entry))
    return Asked(tuple(keys), tuple(units))


def trace_in(
    published: Published, entry: Entry, period: str, unit_code: str, asked: Asked | None = None
) -> Trace:
    """Traces an indicator with a published file that is open already. ``asked``: what is traced with it, this among it, so that
    the file is read once for all. Raises NotTraceable."""
    asked = asked or ask(published, [entry], [unit_code])
    figures = published.once(Published.figures_of, period, asked.units).get(unit_code, {})
    figure = figures.get(entry.key)
    unit = published.units[unit_code]
    if figure is None:
        raise NotTraceable(_absent(published, entry, period, unit_code))
    parts = tuple(
        published.once(_part, asked, side, figures.get(side.key) or _as(figure, side))
        for side in _sides(published, entry)
    )
    recomputed = parts[0].recomputed if entry.measure else _ratio(parts[0].recomputed, parts[1].recomputed)
    number, published_at = published.publication
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
        stated=_stated(published, entry, (figure.source_period,), unit_code, figure.value)
        if figure.source_periods == 1
        else None,
        parts=parts,
    )


def _sides(published: Published, entry: Entry) -> list[Entry]:
    """What is counted: numerator and denominator of a ratio, any other indicator itself."""
    if entry.measure:
        return [entry]
    return [published.dictionary[str(key)] for key in (entry.numerator, entry.denominator)]


def _part(published: Published, asked: Asked, entry: Entry, figure: Figure) -> Part:
    periods = published.base_periods(figure)
    entry = published.defined(entry, figure.source_period)
    formula = read_formula(str(entry.measure), entry.where)
    counted = count_rows(published, asked, entry, periods, figure.unit_code)
    dataset = str(entry.dataset)
    senders = submissions(
        published, asked, dataset, periods, unit_code=figure.unit_code, counted=counted.by_submission
    )
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
        dataset=dataset,
        sheet=next((sender.sheet for sender in senders if sender.sheet), ""),
        rows=counted.rows,
        of_rows=counted.of_rows,
        distinct=counted.distinct,
        recomputed=recomputed,
        proven=recomputed is not None and (figure.value is None or recomputed == figure.value),
        repeated=_repeated(formula, counted),
        contributions=_contributions(published, entry, periods, counted),
        verdicts=standing(published, asked, dataset, periods, {sent.submission_id for sent in senders}),
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
    sources: dict[str, list[Source]] = {}
    for source in counted.sources:
        sources.setdefault(source.unit_code, []).append(source)
    found = [
        Contribution(
            unit_code=unit,
            unit_name=published.units[unit].name,
            value=value,
            rows=rows,
            stated=_stated(published, entry, periods, unit, value),
            sources=tuple(sources[unit]),
        )
        for unit, (rows, value) in counted.units.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.value, each.unit_code)))


def _stated(
    published: Published, entry: Entry, periods: tuple[str, ...], unit_code: str, value: Decimal | None
) -> Stated | None:
    """What a unit states; nobody states a sum of months."""
    return stated(published, entry.key, periods[0], unit_code, value) if len(periods) == 1 else None


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
