"""Writes the province: plan, registers, workbooks, in two processes; the bureau last, for it sums the counties.

Belongs here: the order of the work. Does not belong here: what the registers hold or how files look.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path

from orchestration.periods import Period
from orchestration.units import ReportingUnits
from sample.dates import Scene
from sample.plan import CountyPlan, ProvincePlan, make_plan
from sample.stated import add_up, rows, totals
from sample.unit_registers import County, Registers, bureau_registers
from sample.write.files import SUFFIXES, save
from sample.write.layout import Sender, workbook

# Fewer counties than this are written in this process: starting others costs more than it saves.
_WORTH_WORKERS = 8
_WORKERS = 2
# So many renamed counties still write their former code and name on the cover.
_OLD_COVERS = 2

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """``totals`` are the province's values in base unit by period and indicator; ``rows`` those of the last period."""

    files: int
    bytes: int
    rows: dict[str, int]
    totals: dict[str, dict[str, Decimal]]


@dataclass(frozen=True, slots=True)
class _Job:
    """What all units share."""

    periods: tuple[Period, ...]
    scene: Scene
    out: Path


@dataclass(frozen=True, slots=True)
class _Done:
    """One unit's files, what it states, and the products it has on the bureau's list."""

    totals: dict[str, dict[str, Decimal]]
    bytes: int
    rows: dict[str, int]
    submissions: list[dict]


def write_province(
    units_csv: Path,
    goals: Mapping[str, int],
    periods: Sequence[Period],
    *,
    seed: int,
    out: Path,
    progress: Progress | None = None,
) -> Written:
    """One workbook per unit and period into ``out``; the goals are met exactly in the last period."""
    units = ReportingUnits(units_csv)
    listed = _listed(units_csv)
    job = _Job(tuple(periods), Scene(periods[-1].end, seed), out)
    former_poverty = {code for code, row in listed.items() if row.get("former_poverty_county") == "yes"}
    plan = make_plan(units, former_poverty, goals, job.scene)
    out.mkdir(parents=True, exist_ok=True)
    steps = len(plan.counties) + 1
    done: dict[str, _Done] = {}
    for code, result in _run(_tasks(plan, units, listed, job.scene), job):
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
        files=len(everyone) * len(periods),
        bytes=sum(unit.bytes for unit in everyone),
        rows=counted,
        totals=bureau.totals,
    )


def _listed(units_csv: Path) -> dict[str, dict[str, str]]:
    with units_csv.open(encoding="utf-8-sig", newline="") as handle:
        return {row["code"]: row for row in csv.DictReader(handle)}


def _tasks(
    plan: ProvincePlan, units: ReportingUnits, listed: Mapping[str, Mapping[str, str]], scene: Scene
) -> list[tuple[CountyPlan, Sender, str]]:
    """Plan, sender and file format of every county, the largest first so that the processes end together."""
    formats = _formats([county.code for county in plan.counties], scene)
    senders = _senders(units, listed)
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
    size, counts = 0, {}
    for period in job.periods:
        registers = county.registers(period)
        values[period.key] = totals(registers, period.key)
        size += _save(sender, period, registers, values[period.key], file_format=file_format, job=job)
        counts = {dataset: len(register) for dataset, register in registers.items()}
    return _Done(values, size, counts, county.submissions())


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
        counts = {dataset: len(register) for dataset, register in registers.items()}
    return _Done(values, size, counts, [])


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
    name = f"{sender.code}_{sender.name}_{period.key}{SUFFIXES[file_format]}"
    return save(workbook(sender, period, registers, stated, job.scene), job.out / name, file_format)
