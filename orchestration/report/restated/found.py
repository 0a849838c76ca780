"""What one publication restated, and because of which submissions, as objects.

Reads the published file, the ledger, the record of issued bulletins and, for what a unit changed, its receipts.
Belongs here: reading and grouping. Does not belong here: finding what was restated (dbt's ``rpt_restatements``), words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

import duckdb

from orchestration.home import Home
from orchestration.periods import parse_period
from orchestration.publish.ledger import Entry, figure_files
from orchestration.report.restated.issued import Carrier, Issued
from orchestration.report.restated.sent import Sent, read_sent

LEVELS = ("province", "city", "county")


@dataclass(frozen=True, slots=True)
class Restated:
    """A figure that was published and says otherwise since. ``unit``: base unit, ``1`` of a ratio. A value that is None was
    withdrawn (``after``), or had been (``before``); words are None with it. ``submissions``: what it was changed by, none where
    nothing new was sent. ``carried_by``: the editions that had printed the earlier words."""

    reporting_period: str
    unit_code: str
    unit_name: str
    level: str
    figure_key: str
    label: str
    unit: str
    before: Decimal | None
    printed_before: str | None
    published_at: datetime
    after: Decimal | None
    printed_after: str | None
    reason: str
    submissions: tuple[str, ...]
    senders: str
    carried_by: tuple[Carrier, ...] = ()

    @property
    def difference(self) -> Decimal | None:
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def is_printed_alike(self) -> bool:
        return self.printed_before == self.printed_after

    @property
    def place(self) -> tuple[str, str, str]:
        """Unit code, reporting period, figure key."""
        return self.unit_code, self.reporting_period, self.figure_key


@dataclass(frozen=True, slots=True)
class Shifted:
    """A figure whose value stands and whose last printed digit was moved, so that printed parts add up."""

    reporting_period: str
    unit_code: str
    unit_name: str
    figure_key: str
    label: str
    printed_before: str
    printed_after: str


@dataclass(frozen=True, slots=True)
class Restatement:
    """All that one publication restated. ``figures``: by level from the province down, the base periods before those that are
    rolled up from them; ``sent``: the submissions that brought it, by unit."""

    publication: Entry
    figures: tuple[Restated, ...]
    sent: tuple[Sent, ...]
    shifted: tuple[Shifted, ...] = ()

    def of_level(self, level: str) -> list[Restated]:
        """The figures of a level that are printed otherwise now."""
        return [figure for figure in self.figures if figure.level == level and not figure.is_printed_alike]

    @property
    def printed_alike(self) -> list[Restated]:
        """Figures whose exact values changed, and whose printed form did not."""
        return [figure for figure in self.figures if figure.is_printed_alike]

    def of_period(self, period: str | None) -> Restatement:
        """The same of one period alone; as it is where none is named."""
        if period is None:
            return self
        figures = tuple(figure for figure in self.figures if figure.reporting_period == period)
        named = {submission for figure in figures for submission in figure.submissions}
        return replace(
            self,
            figures=figures,
            sent=tuple(sent for sent in self.sent if sent.submission_id in named),
            shifted=tuple(each for each in self.shifted if each.reporting_period == period),
        )

    def because_of(self, submission_id: str) -> list[Restated]:
        return [figure for figure in self.figures if submission_id in figure.submissions]

    @property
    def unsent(self) -> list[Restated]:
        """Figures that changed with nothing new sent: by a formula, a rule or a ruling."""
        return [figure for figure in self.figures if not figure.submissions]


def read_restatement(home: Home, publication: Entry, issued: Issued) -> Restatement:
    """What a publication of this home restated, with the editions of earlier publications that had said otherwise."""
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        rows = connection.execute(_RESTATED, [publication.number]).fetchall()
        figures = sorted((_restated(row, issued, publication) for row in rows), key=_order(connection))
        sent = read_sent(home, connection, _reasons(figures))
        shifted = _shifted(home, connection, publication.number)
    return Restatement(publication, tuple(figures), tuple(sent), tuple(shifted))


# In a row: as it was printed, also where there was no value.
_PRINTED_BEFORE = 8


def _restated(row: Sequence, issued: Issued, publication: Entry) -> Restated:
    figure, printed = restated_of(row), row[_PRINTED_BEFORE]
    place = (figure.reporting_period, figure.figure_key, figure.unit_code)
    return replace(
        figure, carried_by=tuple(issued.carriers(*place, printed or "", before=publication.number))
    )


def restated_of(row: Sequence) -> Restated:
    """A figure from a row whose columns stand in the order of its fields; ``submissions`` joined by 、, moments as DuckDB's UTC. Who
    had carried it is not among them."""
    period, code, name, level, key, label, unit, before, printed, published_at, *rest = row
    after, printed_after, reason, submissions, senders = rest
    return Restated(
        reporting_period=period,
        unit_code=code,
        unit_name=name,
        level=level,
        figure_key=key,
        label=label,
        unit=unit,
        before=before,
        printed_before=None if before is None else printed,
        published_at=published_at.replace(tzinfo=UTC),
        after=after,
        printed_after=None if after is None else printed_after,
        reason=reason or "",
        submissions=tuple(filter(None, (submissions or "").split("、"))),
        senders=senders or "",
    )


def _order(connection: duckdb.DuckDBPyConnection):
    positions = dict(connection.execute("select figure_key, position from marts.dim_indicator").fetchall())

    def order(figure: Restated) -> tuple:
        period = parse_period(figure.reporting_period)
        position = positions.get(figure.figure_key, len(positions))
        span = (period.end - period.start).days
        return LEVELS.index(figure.level), figure.unit_code, span, period.end, position, figure.figure_key

    return order


def _reasons(figures: Iterable[Restated]) -> Mapping[str, set[str]]:
    """By submission: why the figures changed that it alone changed; of one that never did alone, nothing."""
    found: dict[str, set[str]] = {}
    for figure in figures:
        for submission in figure.submissions:
            found.setdefault(submission, set())
        if len(figure.submissions) == 1:
            found[figure.submissions[0]].add(figure.reason)
    return found


def _shifted(home: Home, connection: duckdb.DuckDBPyConnection, number: int) -> list[Shifted]:
    files = [str(path) for path in figure_files(home, number)]
    return [
        Shifted(*row) for row in connection.execute(_SHIFTED, {"files": files, "number": number}).fetchall()
    ]


_RESTATED = """
    select r.reporting_period, r.unit_code, coalesce(u.unit_name, r.unit_code), coalesce(u.kind, 'county'), r.figure_key,
           coalesce(r.label_zh, r.figure_key), coalesce(i.unit, ''), r.value_published, r.display_published, r.published_at,
           r.value_restated, r.display_restated, r.reason_zh, r.submission_ids, r.units_zh
    from marts.rpt_restatements as r
    left join marts.dim_reporting_unit as u on u.unit_code = r.unit_code
    left join marts.dim_indicator as i on i.figure_key = r.figure_key
    where r.publication = ?"""
_SHIFTED = """
    with said as (
        select *, lag(value) over figure as value_before, lag(display_zh) over figure as display_before,
               lag(number) over figure as number_before,
               lag(coalesce(source_period, reporting_period)) over figure as source_before
        from read_parquet($files, union_by_name = true)
        window figure as (partition by reporting_period, unit_code, figure_key order by number)
    )
    select s.reporting_period, s.unit_code, coalesce(u.unit_name, s.unit_code), s.figure_key,
           coalesce(i.label_zh, s.figure_key), s.display_before, s.display_zh
    from said as s
    left join marts.dim_reporting_unit as u on u.unit_code = s.unit_code
    left join marts.dim_indicator as i on i.figure_key = s.figure_key
    where s.number = $number and s.number_before is not null and s.value is not null
        and s.value is not distinct from s.value_before and s.display_zh is distinct from s.display_before
        and coalesce(s.source_period, s.reporting_period) = s.source_before
    order by s.reporting_period, u.kind <> 'province', s.unit_code, i.position, s.figure_key"""
