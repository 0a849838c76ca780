"""The submissions that a figure rests on, the versions beside them, and what the units state of it on 汇总表.

Belongs here: reading who sent what. Does not belong here: which rows count (``rows``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from orchestration.report.trace.found import Stated, Submission, Version
from orchestration.report.trace.published import Asked, Published

_IN_FORCE = ("accepted", "partly_accepted", "nil_return")
_STATES = {
    "accepted": "接收",
    "nil": "零报送",
    "returned": "退回",
    "missing": "缺表",
    "closed": "期已关闭",
    "exempt": "免报",
}


def submissions(
    published: Published,
    asked: Asked,
    dataset: str,
    periods: tuple[str, ...],
    *,
    unit_code: str,
    counted: Mapping[str, int],
) -> tuple[Submission, ...]:
    """The submissions in force for the dataset: of the unit and those below it, and of the bureau where it keeps the register
    for them.

    ``counted``: rows that count, by submission. One without any is there too: that a figure is 0 rests on it.
    """
    senders = {*published.once(Published.below, unit_code), published.province.code}
    found = [
        replace(sent, counted=counted.get(sent.submission_id, 0))
        for period in periods
        for sent in published.once(in_force, asked, dataset, period)
        if sent.unit_code in senders
    ]
    return tuple(sorted(found, key=lambda sent: (sent.unit_code, periods.index(sent.reporting_period))))


def in_force(published: Published, asked: Asked, dataset: str, period: str) -> tuple[Submission, ...]:
    """The submissions in force for the dataset in a base period: of the units asked for and those below them, and of the bureau;
    without rows counted."""
    senders = {below for unit in asked.units for below in published.once(Published.below, unit)}
    rows = published.query(
        """
        select sent.submission_id, sent.unit_code, units.unit_name, sent.reporting_period, sent.version, sent.received_at,
               sent.status_zh, sent.file_name, sent.sha256, coalesce(decided.state, ''), coalesce(sheets.source_sheet, ''),
               coalesce(sheets.rows, 0)
        from marts.dim_submission as sent
        join marts.rpt_submission_status as standing using (submission_id)
        join marts.dim_reporting_unit as units on units.unit_code = sent.unit_code
        left join quality.landed_sheets as sheets
            on sheets.submission_id = sent.submission_id and sheets.dataset = $dataset
        left join (
            select submission_id, state from quality.decisions where dataset = $dataset
            qualify row_number() over (partition by submission_id order by decided_at desc) = 1
        ) as decided on decided.submission_id = sent.submission_id
        where standing.dataset = $dataset and standing.reporting_period = $period
            and standing.unit_code in (select unnest($senders)) and standing.status in (select unnest($in_force))
        order by sent.unit_code""",
        dataset=dataset,
        period=period,
        senders=sorted({*senders, published.province.code}),
        in_force=_IN_FORCE,
    )
    others = _others(published, dataset, [row[0] for row in rows])
    return tuple(
        Submission(
            *who,
            path=published.once(Published.archived, who[-1]),
            state=state,
            sheet=sheet,
            landed=landed,
            counted=0,
            others=tuple(others.get(who[0], ())),
        )
        for *who, state, sheet, landed in rows
    )


def _others(published: Published, dataset: str, ids: Sequence[str]) -> dict[str, list[Version]]:
    """By submission in force: what else its unit sent for the period, the latest first. What stood is superseded now."""
    rows = published.query(
        """
        select ours.submission_id, others.submission_id, others.version, others.received_at, others.file_name,
               coalesce(decided.state, '')
        from marts.dim_submission as ours
        join marts.dim_submission as others
            on others.unit_code = ours.unit_code and others.reporting_period = ours.reporting_period
            and others.submission_id <> ours.submission_id
        join quality.landed_sheets as sheets on sheets.submission_id = others.submission_id and sheets.dataset = $dataset
        left join (
            select submission_id, state from quality.decisions where dataset = $dataset
            qualify row_number() over (partition by submission_id order by decided_at desc) = 1
        ) as decided on decided.submission_id = others.submission_id
        where ours.submission_id in (select unnest($ids))
        order by ours.submission_id, others.version desc nulls last, others.received_at desc""",
        dataset=dataset,
        ids=ids,
    )
    found: dict[str, list[Version]] = {}
    for ours, other, version, received_at, file_name, state in rows:
        said = "已被取代" if state in ("accepted", "nil") else _STATES.get(state, "待审核")
        found.setdefault(ours, []).append(Version(other, version, received_at, file_name, said))
    return found


def stated(
    published: Published, figure_key: str, period: str, unit_code: str, computed: Decimal | None
) -> Stated | None:
    """What a unit states of a figure on 汇总表, beside the ``computed`` value."""
    said = published.once(_said, period).get((figure_key, unit_code))
    if said is None:
        return None
    value, printed_in, decimals, half_unit, submission, sheet, cell = said
    difference = None if computed is None else value - computed
    return Stated(
        unit_code=unit_code,
        value=value,
        unit=printed_in,
        decimals=decimals,
        difference=difference,
        agrees=None if difference is None or half_unit is None else abs(difference) <= half_unit,
        submission_id=submission,
        sheet=sheet,
        cell=cell or "",
    )


def _said(published: Published, period: str) -> dict[tuple[str, str], tuple]:
    """What every unit states for a period, by figure and unit; the first where it states a thing twice."""
    rows = published.query(
        """
        select said.figure_key, said.unit_code, said.value, said.unit, said.decimals, said.half_unit, said.submission_id,
               said.source_sheet, landed.column_letter || said.source_row
        from marts.fct_stated_totals as said
        left join quality.landed_columns as landed
            on landed.submission_id = said.submission_id and landed.dataset = 'stated_totals'
            and landed.column_name = 'value'
        where said.reporting_period = $period and said.figure_key is not null and said.value is not null
        order by said.unit_code, said.source_row""",
        period=period,
    )
    found: dict[tuple[str, str], tuple] = {}
    for key, unit, *told in rows:
        found.setdefault((key, unit), tuple(told))
    return found


def utc(moment: datetime) -> datetime:
    """A moment of the marts, which are UTC without saying so."""
    return moment.replace(tzinfo=UTC)
