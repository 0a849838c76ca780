"""Writes the province: plan, registers, workbooks, in two processes; the bureau last, for it sums the counties.

Belongs here: the order of the work. Does not belong here: what the registers hold or how files look.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path

from orchestration.periods import Period, parse_period
from orchestration.units import ReportingUnits, Unit
from sample.dates import Scene
from sample.mistakes import KINDS
from sample.mistakes.answers import Answer
from sample.mistakes.book import Book
from sample.mistakes.inject import Desk, Mistaken, as_lists, write_mistaken
from sample.mistakes.spread import Allotment, spread
from sample.periods import main_period, scene_of
from sample.plan import CountyPlan, ProvincePlan, make_plan
from sample.stated import add_up, rows, totals
from sample.unit_registers import County, Registers, bureau_registers
from sample.write.files import SUFFIXES, save
from sample.write.layout import Grid, Sender, workbook

# Fewer counties than this are written in this process: starting others costs more than it saves.
_WORTH_WORKERS = 8
_WORKERS = 2
# So many renamed counties still write their former code and name on the cover.
_OLD_COVERS = 2

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """``totals`` are the province's values in base unit by period and indicator; ``rows`` those of the main period.
    ``answers`` are the mistakes made."""

    files: int
    bytes: int
    rows: dict[str, int]
    totals: dict[str, dict[str, Decimal]]
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class _Job:
    """What all units share."""

    periods: tuple[Period, ...]
    scene: Scene
    out: Path
    allotments: Mapping[str, Allotment]
    neighbours: Mapping[str, Unit]

    @property
    def main(self) -> Period:
        return main_period(self.periods)


@dataclass(frozen=True, slots=True)
class _Done:
    """One unit's files, what it states, and the products it has on the bureau's list."""

    totals: dict[str, dict[str, Decimal]]
    files: int
    bytes: int
    rows: dict[str, int]
    submissions: list[dict]
    answers: list[Answer] = field(default_factory=list)


def write_province(
    units_csv: Path,
    goals: Mapping[str, int],
    periods: Sequence[Period],
    *,
    seed: int,
    out: Path,
    mistakes: Sequence[str] = (),
    progress: Progress | None = None,
) -> Written:
    """One workbook per unit and period into ``out``; the goals are met exactly in the last month.

    ``periods`` are in the order in which they end. ``mistakes``: keys of the kinds (sample.mistakes) that some counties
    make in the last month, after all else.
    """
    units = ReportingUnits(units_csv)
    listed = _listed(units_csv)
    scene = scene_of(periods, seed)
    former_poverty = {code for code, row in listed.items() if row.get("former_poverty_county") == "yes"}
    plan = make_plan(units, former_poverty, goals, scene)
    out.mkdir(parents=True, exist_ok=True)
    steps = len(plan.counties) + 1
    formats = _formats([county.code for county in plan.counties], scene)
    allotments = spread(formats, [KINDS[key] for key in mistakes], scene.rng("mistakes")) if mistakes else {}
    job = _Job(tuple(periods), scene, out, allotments, _neighbours(units))
    done: dict[str, _Done] = {}
    for code, result in _run(_tasks(plan, _senders(units, listed), formats), job):
        done[code] = result
        if progress:
            progress(code, len(done), steps)
    counties = [done[county.code] for county in plan.counties]
    bureau = _write_bureau(plan, units, counties, job)
    if progress:
        progress(units.province.code, steps, steps)
    everyone = [*counties, bureau]
    counted: dict[str, int] = {}
    for dataset, count in (item for unit in everyone for item in unit.rows.items()):
        counted[dataset] = counted.get(dataset, 0) + count
    return Written(
        files=sum(unit.files for unit in everyone),
        bytes=sum(unit.bytes for unit in everyone),
        rows=counted,
        totals=bureau.totals,
        answers=[answer for unit in everyone for answer in unit.answers],
    )


def _listed(units_csv: Path) -> dict[str, dict[str, str]]:
    with units_csv.open(encoding="utf-8-sig", newline="") as handle:
        return {row["code"]: row for row in csv.DictReader(handle)}


def _neighbours(units: ReportingUnits) -> dict[str, Unit]:
    """The next county of the list, for every county."""
    codes = [county.code for county in units.counties]
    return dict(zip(codes, (*units.counties[1:], units.counties[0]), strict=True))


def _tasks(
    plan: ProvincePlan, senders: Mapping[str, Sender], formats: Mapping[str, str]
) -> list[tuple[CountyPlan, Sender, str]]:
    """Plan, sender and file format of every county, the largest first so that the processes end together."""
    tasks = [(county, senders[county.code], formats[county.code]) for county in plan.counties]
    return sorted(tasks, key=lambda task: (-task[0].projects - task[0].loans, task[0].code))


def _senders(units: ReportingUnits, listed: Mapping[str, Mapping[str, str]]) -> dict[str, Sender]:
    """The last of the renamed counties still send under their former code and name, in a province large enough."""
    renamed = [county.code for county in units.counties if listed[county.code].get("previous_code")]
    old = renamed[-_OLD_COVERS:] if len(units.counties) >= _WORTH_WORKERS else []
    return {
        county.code: Sender(
            county, listed[county.code]["previous_code"], listed[county.code]["previous_name"]
        )
        if county.code in old
        else Sender(county, county.code, county.name)
        for county in units.counties
    }


def _formats(codes: list[str], scene: Scene) -> dict[str, str]:
    """Nearly all .xlsx; of about every thirty counties one sends .xls and one a bundle of CSV files."""
    few = len(codes) // 30
    odd = scene.rng("formats").sample(codes, 2 * few)
    return {
        **dict.fromkeys(codes, "xlsx"),
        **dict.fromkeys(odd[:few], "xls"),
        **dict.fromkeys(odd[few:], "csv_bundle"),
    }


def _run(tasks: list[tuple[CountyPlan, Sender, str]], job: _Job) -> Iterator[tuple[str, _Done]]:
    if len(tasks) < _WORTH_WORKERS:
        for plan, sender, file_format in tasks:
            yield plan.code, _write_county(plan, sender, file_format, job)
        return
    with ProcessPoolExecutor(_WORKERS, mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(_write_county, *task, job): task[0].code for task in tasks}
        for future in as_completed(futures):
            yield futures[future], future.result()


def _write_county(plan: CountyPlan, sender: Sender, file_format: str, job: _Job) -> _Done:
    county = County.grow(plan, job.scene)
    values: dict[str, dict[str, Decimal]] = {}
    written, counts = Mistaken(0, 0, []), {}
    for period in job.periods:
        registers = county.registers(period)
        values[period.key] = totals(registers, period.key)
        allotment = job.allotments.get(plan.code) if period == job.main else None
        if allotment:
            desk = _desk(county, sender, period, file_format, job)
            more = write_mistaken(desk, allotment)
            written = Mistaken(written.files + more.files, written.bytes + more.bytes, more.answers)
        else:
            written.files += 1
            written.bytes += _save(
                sender, period, registers, values[period.key], file_format=file_format, job=job
            )
        if period == job.main:
            counts = {dataset: len(register) for dataset, register in registers.items()}
    submissions = county.submissions()
    return _Done(values, written.files, written.bytes, counts, submissions, written.answers)


def _desk(county: County, sender: Sender, period: Period, file_format: str, job: _Job) -> Desk:
    """What it takes to make the county's workbook of a period again and again."""

    def grids(period: Period) -> list[Grid]:
        registers = county.registers(period)
        stated = rows(totals(registers, period.key), sender.unit.kind, period.cadence)
        return as_lists(workbook(sender, period, registers, stated, job.scene))

    def fresh() -> Book:
        before = _month_before(period)
        earlier = (lambda: grids(before)) if before else None
        return Book(grids(period), sender.unit, period, job.neighbours[sender.unit.code], earlier)

    return Desk(fresh, job.out, _stem(sender, period), file_format, job.scene)


def _month_before(period: Period) -> Period | None:
    """The month before in the same year, whose registers the sample can make."""
    if period.cadence != "month" or period.start.month == 1:
        return None
    return parse_period(f"{period.start.year}-{period.start.month - 1:02d}")


def _write_bureau(plan: ProvincePlan, units: ReportingUnits, counties: list[_Done], job: _Job) -> _Done:
    submissions = [row for county in counties for row in county.submissions]
    sender = Sender(units.province, units.province.code, units.province.name)
    values: dict[str, dict[str, Decimal]] = {}
    size, counts = 0, {}
    for period in job.periods:
        registers = bureau_registers(plan, units, submissions, job.scene, period)
        of_counties = add_up([county.totals[period.key] for county in counties])
        values[period.key] = {**of_counties, **totals(registers, period.key)}
        size += _save(sender, period, registers, values[period.key], file_format="xlsx", job=job)
        if period == job.main:
            counts = {dataset: len(register) for dataset, register in registers.items()}
    return _Done(values, len(job.periods), size, counts, [])


def _save(
    sender: Sender,
    period: Period,
    registers: Registers,
    values: Mapping[str, Decimal],
    *,
    file_format: str,
    job: _Job,
) -> int:
    stated = rows(values, sender.unit.kind, period.cadence)
    path = job.out / f"{_stem(sender, period)}{SUFFIXES[file_format]}"
    return save(workbook(sender, period, registers, stated, job.scene), path, file_format)


def _stem(sender: Sender, period: Period) -> str:
    return f"{sender.code}_{sender.name}_{period.key}"
