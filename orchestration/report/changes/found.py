"""What one publication says otherwise than the one before it, and because of what.

Reads the ledger, the published file and what each publication was made by. ``restated`` speaks of figures that were published
and corrected; here is everything that differs: also what is new, what goes on with another month, and what is printed
otherwise. Belongs here: reading and counting. Does not belong here: words, and Dagster.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.home import Home
from orchestration.layout import CADENCE_NAMES
from orchestration.periods import parse_period
from orchestration.publish.ledger import Entry, content_of, entries, figure_files
from orchestration.publish.made import Differing, Made, differing, made_of
from orchestration.report.restated.due import notice_files
from orchestration.report.restated.found import LEVELS, Restated, restated_of

# In the order of their weight: what a reader had in hand and is no longer so comes first.
KINDS = {
    "restated": "更正",
    "withdrawn": "撤下",
    "back": "恢复公布",
    "continued": "报告期延续",  # a quarter or year that another month was added to
    "reprinted": "仅印发尾数",  # the value stands; a last digit moved so that printed parts add up
    "new": "首次公布",
}


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that the publication says otherwise. ``kind``: see ``KINDS``; ``figure.reason`` is '' but of what was restated
    or withdrawn."""

    kind: str
    figure: Restated


def alike(changes: Iterable[Change]) -> list[list[Change]]:
    """Line by line: what changed alike in a month and in the quarter, half-year and year made of it is one."""
    lines: dict[tuple, list[Change]] = {}
    for change in changes:
        figure = change.figure
        words = (figure.printed_before, figure.printed_after, figure.before, figure.after)
        same = (change.kind, figure.unit_code, figure.figure_key, figure.submissions, *words)
        lines.setdefault(same, []).append(change)
    return list(lines.values())


@dataclass(frozen=True, slots=True)
class Came:
    """A submission that the publication is the first to know. ``supersedes``: the unit's earlier ones that it stands in the
    place of; ``figures``: how many published figures were restated because of it."""

    submission_id: str
    unit_code: str
    unit_name: str
    reporting_period: str
    version: int | None
    received_at: datetime
    status: str
    supersedes: tuple[str, ...]
    figures: int


@dataclass(frozen=True, slots=True)
class Changes:
    """All that differs. ``before`` is None of the first publication. ``counts``: figures by kind; ``by_period``: of every period
    that has any, by kind. ``figures``: the weightiest, as many as were asked for. ``made``: what it was made by otherwise, None
    where that was not kept; ``commits``: the code's, before and after."""

    publication: Entry
    before: Entry | None
    counts: dict[str, int]
    by_period: dict[str, dict[str, int]]
    figures: tuple[Change, ...]
    sent: tuple[Came, ...]
    made: tuple[Differing, ...] | None
    commits: tuple[str | None, str | None]
    notices: tuple[Path, ...]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def read_changes(home: Home, number: int | None = None, *, limit: int = 50) -> Changes | None:
    """What a publication (default: the last) changed; None where there is none of that number, or none at all."""
    known = entries(home)
    publication = next((each for each in reversed(known) if number in (None, each.number)), None)
    if publication is None:
        return None
    before = next((each for each in reversed(known) if each.number < publication.number), None)
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        _said(connection, home, publication.number)
        counted = connection.execute(_COUNTED).fetchall()
        figures = _figures(connection, f"limit {limit}")
        sent = _sent(connection, publication, before)
    return Changes(
        publication=publication,
        before=before,
        counts=_by_kind((kind, count) for _, kind, count in counted),
        by_period={
            period: _by_kind((kind, count) for of, kind, count in counted if of == period)
            for period in _shortest_first({of for of, _, _ in counted})
        },
        figures=tuple(figures),
        sent=tuple(sent),
        **_made(home, publication, before),
        notices=tuple(notice_files(home, publication)) if _restates(counted) else (),
    )


def read_history(home: Home, unit_code: str, period: str, figure_key: str) -> list[tuple[Entry, Change]]:
    """Every publication that said one figure otherwise, in their order, the first that had it among them."""
    found = []
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        for publication in entries(home):
            _said(connection, home, publication.number, (unit_code, period, figure_key))
            found += [(publication, change) for change in _figures(connection)]
    return found


def read_parts(home: Home, publication: Entry, figure: Restated) -> list[Change]:
    """Of the units below a figure's unit, those whose own figure of the same key and period the publication changed."""
    level = LEVELS.index(figure.level) + 1
    if level == len(LEVELS):
        return []
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        _said(connection, home, publication.number, (None, figure.reporting_period, figure.figure_key))
        changes = _figures(connection)
        below = {
            code
            for (code,) in connection.execute(
                "select unit_code from marts.dim_reporting_unit "
                "where kind = 'county' and ($unit in (city_code, unit_code) or $level = 'province')",
                {"unit": figure.unit_code, "level": figure.level},
            ).fetchall()
        }
    return [change for change in changes if change.figure.unit_code in below]


def _shortest_first(periods: Iterable[str]) -> list[str]:
    """Weeks and months before what is made of them, each in the order of time."""
    parsed = {key: parse_period(key) for key in periods}
    cadences = list(CADENCE_NAMES)
    return sorted(parsed, key=lambda key: (cadences.index(parsed[key].cadence), parsed[key].end))


def _by_kind(counted: Iterable[tuple[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for kind, count in counted:
        total[kind] += count
    return {kind: total[kind] for kind in KINDS if total[kind]}


def _restates(counted: Sequence[tuple]) -> bool:
    return any(kind in ("restated", "withdrawn", "back") for _, kind, _ in counted)


def _made(home: Home, publication: Entry, before: Entry | None) -> dict:
    now = made_of(home, content_of(home, publication).number)
    then = made_of(home, content_of(home, before).number) if before else None
    commits = tuple(made.commit if made else None for made in (then, now))
    return {"made": _differing(then, now), "commits": commits}


def _differing(then: Made | None, now: Made | None) -> tuple[Differing, ...] | None:
    return tuple(differing(then, now)) if then and now else None


def _said(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    number: int,
    of: tuple[str | None, str, str] | None = None,
) -> None:
    """The temporary table ``changed``: what a publication said otherwise than all before it. ``of``: of one unit (or of any),
    period and figure alone."""
    files = [str(path) for path in figure_files(home, number)]
    unit, period, key = of or (None, None, None)
    given = {"files": files, "number": number, "unit": unit, "period": period, "key": key}
    connection.execute(_CHANGED, given)


def _figures(connection: duckdb.DuckDBPyConnection, limit: str = "") -> list[Change]:
    rows = connection.execute(
        f"{_FIGURES} {limit}", {"kinds": list(KINDS), "levels": list(LEVELS)}
    ).fetchall()
    return [_change(row) for row in rows]


def _change(row: Sequence) -> Change:
    kind, *figure = row
    return Change(kind, restated_of(figure))


def _sent(connection: duckdb.DuckDBPyConnection, publication: Entry, before: Entry | None) -> list[Came]:
    """None of a publication that was put back: it knows no more than it did."""
    if publication.puts_back is not None:
        return []
    known = {
        "after": before.known_until.astimezone(UTC).replace(tzinfo=None) if before else datetime.min,
        "until": publication.known_until.astimezone(UTC).replace(tzinfo=None),
        "number": publication.number,
    }
    return [
        Came(*row[:5], row[5].replace(tzinfo=UTC), row[6], tuple(row[7] or ()), row[8])
        for row in connection.execute(_SENT, known).fetchall()
    ]


_CHANGED = """
    create or replace temp table changed as
    with said as (
        select reporting_period, unit_code, figure_key, number, value, display_zh,
               coalesce(source_period, reporting_period) as source,
               lag(number) over figure as number_before, lag(value) over figure as value_before,
               lag(display_zh) over figure as display_before,
               lag(coalesce(source_period, reporting_period)) over figure as source_before
        from read_parquet($files, union_by_name = true)
        where unit_code = coalesce($unit, unit_code) and reporting_period = coalesce($period, reporting_period)
            and figure_key = coalesce($key, figure_key)
        window figure as (partition by reporting_period, unit_code, figure_key order by number)
    )
    select *,
           case when number_before is null then 'new'
                when source <> source_before then 'continued'
                when value is null then 'withdrawn'
                when value_before is null then 'back'
                when value <> value_before then 'restated'
                else 'reprinted' end as kind
    from said
    where number = $number and (value is distinct from value_before or display_zh is distinct from display_before)"""
_COUNTED = "select reporting_period, kind, count(*) from changed group by all order by all"
_FIGURES = """
    select c.kind, c.reporting_period, c.unit_code, coalesce(u.unit_name, c.unit_code), coalesce(u.kind, 'county'),
           c.figure_key, coalesce(i.label_zh, c.figure_key), coalesce(i.unit, ''), c.value_before, c.display_before,
           coalesce(p.published_at, now.published_at), c.value, c.display_zh, r.reason_zh, r.submission_ids, r.units_zh
    from changed as c
    left join marts.dim_reporting_unit as u on u.unit_code = c.unit_code
    left join marts.dim_indicator as i on i.figure_key = c.figure_key
    left join marts.dim_period as t on t.reporting_period = c.reporting_period
    left join quality.publications as p on p.number = c.number_before
    left join quality.publications as now on now.number = c.number
    left join marts.rpt_restatements as r
        on r.publication = c.number and r.reporting_period = c.reporting_period and r.unit_code = c.unit_code
        and r.figure_key = c.figure_key
    order by list_position($kinds, c.kind), list_position($levels, coalesce(u.kind, 'county')), c.unit_code,
        t.end_on - t.start_on, t.end_on desc, i.position, c.figure_key"""
_SENT = """
    with named as (
        select submission, count(*) as figures
        from (
            select unnest(string_split(submission_ids, '、')) as submission
            from marts.rpt_restatements where publication = $number
        )
        group by submission
    ),
    superseded as (
        select later, list(submission_id order by received_at) as earlier
        from (
            select submission_id, received_at, unnest(string_split(superseded_by, '、')) as later
            from marts.dim_submission where superseded_by is not null
        )
        group by later
    )
    select s.submission_id, coalesce(s.unit_code, ''), coalesce(u.unit_name, s.unit_code, ''),
           coalesce(s.reporting_period, ''), s.version, s.received_at, s.status_zh, superseded.earlier,
           coalesce(named.figures, 0)
    from marts.dim_submission as s
    left join marts.dim_reporting_unit as u on u.unit_code = s.unit_code
    left join named on named.submission = s.submission_id
    left join superseded on superseded.later = s.submission_id
    where named.submission is not null or (s.received_at > $after and s.received_at <= $until)
    order by coalesce(named.figures, 0) desc, s.unit_code, s.reporting_period, s.received_at, s.submission_id"""
