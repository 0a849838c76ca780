"""The submissions that a figure rests on, the versions beside them, and what the units state of it on 汇总表.

Belongs here: reading who sent what. Does not belong here: which rows count (``rows``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from orchestration.report.trace.found import Stated, Submission, Version
from orchestration.report.trace.published import Published

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
    dataset: str,
    periods: tuple[str, ...],
    units: tuple[str, ...],
    counted: Mapping[str, int],
) -> tuple[Submission, ...]:
    """The submissions in force for the dataset: of the units, and of the bureau where it keeps the register for them.

    ``counted``: rows that count, by submission. One without any is there too: that a figure is 0 rests on it.
    """
    found = published.once(_in_force, dataset, periods, units, tuple(sorted(counted)))
    return tuple(replace(sent, counted=counted.get(sent.submission_id, 0)) for sent in found)


def _in_force(
    published: Published,
    dataset: str,
    periods: tuple[str, ...],
    units: tuple[str, ...],
    counted: tuple[str, ...],
) -> tuple[Submission, ...]:
    rows = published.query(
        """
        with in_force as (
            select submission_id from marts.rpt_submission_status
            where dataset = $dataset and reporting_period in (select unnest($periods))
                and unit_code in (select unnest($senders)) and status in (select unnest($in_force))
            union
            select unnest($counted)
        )
        select sent.submission_id, sent.unit_code, units.unit_name, sent.reporting_period, sent.version, sent.received_at, sent.status_zh,
               sent.file_name, sent.sha256, coalesce(decided.state, ''), coalesce(sheets.source_sheet, ''),
               coalesce(sheets.rows, 0)
        from marts.dim_submission as sent
        join in_force using (submission_id)
        join marts.dim_reporting_unit as units using (unit_code)
        left join quality.landed_sheets as sheets
            on sheets.submission_id = sent.submission_id and sheets.dataset = $dataset
        left join (
            select submission_id, state from quality.decisions where dataset = $dataset
            qualify row_number() over (partition by submission_id order by decided_at desc) = 1
        ) as decided on decided.submission_id = sent.submission_id
        order by sent.unit_code, sent.reporting_period""",
        dataset=dataset,
        periods=periods,
        senders=[*units, published.province.code],
        in_force=_IN_FORCE,
        counted=counted,
    )
    others = _others(published, dataset, [row[0] for row in rows])
    return tuple(
        Submission(
            *who,
            path=published.archived(who[-1]),
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
    published: Published,
    figure_key: str,
    period: str,
    computed: Mapping[str, Decimal | None],
) -> dict[str, Stated]:
    """What units state of a figure on 汇总表, by unit, beside the ``computed`` values of those asked for."""
    found = {}
    for unit, value, printed_in, decimals, half_unit, submission, sheet, cell in published.once(
        _said, period
    ).get(figure_key, ()):
        if unit not in computed:
            continue
        known = computed[unit]
        difference = None if known is None else value - known
        found.setdefault(
            unit,
            Stated(
                unit_code=unit,
                value=value,
                unit=printed_in,
                decimals=decimals,
                difference=difference,
                agrees=None if difference is None or half_unit is None else abs(difference) <= half_unit,
                submission_id=submission,
                sheet=sheet,
                cell=cell or "",
            ),
        )
    return found


def _said(published: Published, period: str) -> dict[str, list[tuple]]:
    """What every unit states for a period, by figure."""
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
    found: dict[str, list[tuple]] = {}
    for key, *told in rows:
        found.setdefault(key, []).append(tuple(told))
    return found


def utc(moment: datetime) -> datetime:
    """A moment of the marts, which are UTC without saying so."""
    return moment.replace(tzinfo=UTC)
