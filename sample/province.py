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
from random import Random

from orchestration.periods import Period
from orchestration.units import ReportingUnits, Unit
from sample.dates import Clock
from sample.plan import CountyPlan, ProvincePlan, make_plan
from sample.stated import add_up, rows, totals
from sample.unit_registers import County, Registers, bureau_registers
from sample.write.files import SUFFIXES, save
from sample.write.layout import Sender, workbook

# Fewer units than this are written in this process: starting others costs more than it saves.
_WORTH_WORKERS = 8
_OLD_COVERS = 2

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """``totals`` are the province's values in base unit by indicator and period."""

    files: int
    bytes: int
    rows: dict[str, int]
    totals: dict[str, dict[str, Decimal]]


@dataclass(frozen=True, slots=True)
class _Task:
    plan: CountyPlan
    unit: Unit
    sender: Sender
    file_format: str
    periods: tuple[Period, ...]
    clock: Clock
    seed: int
    out: Path


@dataclass(frozen=True, slots=True)
class _Done:
    """What the bureau needs of a county: its totals by period and its products on the bureau's list."""

    totals: dict[str, dict[str, Decimal]]
    submissions: list[dict]
    files: int
    bytes: int
    rows: dict[str, int]


def write_province(
    units_csv: Path,
    goals: Mapping[str, int],
    periods: Sequence[Period],
    seed: int,
    out: Path,
    progress: Progress | None = None,
) -> Written:
    """One workbook per unit and period into ``out``; the goals are met exactly in the last period."""
    units = ReportingUnits(units_csv)
    with units_csv.open(encoding="utf-8-sig", newline="") as handle:
        seeds = {row["code"]: row for row in csv.DictReader(handle)}
    former_poverty = {code for code, row in seeds.items() if row.get("former_poverty_county") == "yes"}
    clock = Clock(periods[-1].end)
    plan = make_plan(units, former_poverty, goals, clock, seed)
    out.mkdir(parents=True, exist_ok=True)
    tasks = _tasks(plan, units, seeds, tuple(periods), clock, seed, out)
    total = len(tasks) + 1
    done: dict[str, _Done] = {}
    for code, result in _run(tasks):
        done[code] = result
        if progress:
            progress(code, len(done), total)
    counties = [done[county.code] for county in plan.counties]
    bureau = _write_bureau(plan, units, counties, tuple(periods), clock, seed, out)
    if progress:
        progress(units.province.code, total, total)
    everyone = [*counties, bureau]
    return Written(
        files=sum(unit.files for unit in everyone),
        bytes=sum(unit.bytes for unit in everyone),
        rows={name: int(n) for name, n in add_up([unit.rows for unit in everyone]).items()},
        totals=bureau.totals,
    )


def _tasks(
    plan: ProvincePlan,
    units: ReportingUnits,
    seeds: Mapping[str, Mapping[str, str]],
    periods: tuple[Period, ...],
    clock: Clock,
    seed: int,
    out: Path,
) -> list[_Task]:
    """Largest first, so that the two processes end together."""
    formats = _formats([county.code for county in plan.counties], seed)
    renamed = [county.code for county in plan.counties if seeds[county.code].get("previous_code")]
    old = set(renamed[-_OLD_COVERS:]) if len(plan.counties) >= _WORTH_WORKERS else set()
    tasks = []
    for county, unit in zip(plan.counties, units.counties, strict=True):
        row = seeds[unit.code]
        sender = (
            Sender(unit, row["previous_code"], row["previous_name"])
            if unit.code in old
            else Sender(unit, unit.code, unit.name)
        )
        tasks.append(_Task(county, unit, sender, formats[unit.code], periods, clock, seed, out))
    return sorted(tasks, key=lambda task: (-task.plan.projects - task.plan.loans, task.unit.code))


def _formats(codes: list[str], seed: int) -> dict[str, str]:
    """Nearly all .xlsx; of about every thirty counties one sends .xls and one a bundle of CSV files."""
    rng = Random(f"{seed}/formats")
    few = len(codes) // 30
    odd = rng.sample(codes, 2 * few)
    return {
        **dict.fromkeys(codes, "xlsx"),
        **dict.fromkeys(odd[:few], "xls"),
        **dict.fromkeys(odd[few:], "csv_bundle"),
    }


def _run(tasks: list[_Task]) -> Iterator[tuple[str, _Done]]:
    if len(tasks) < _WORTH_WORKERS:
        for task in tasks:
            yield task.unit.code, _write_county(task)
        return
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(_write_county, task): task.unit.code for task in tasks}
        for future in as_completed(futures):
            yield futures[future], future.result()


def _write_county(task: _Task) -> _Done:
    county = County.grow(task.plan, task.clock, task.seed)
    values, size, counts = {}, 0, {}
    for period in task.periods:
        registers = county.registers(period)
        values[period.key] = totals(registers, period.key)
        stated = rows(values[period.key], "county", period.cadence)
        size += _save(task.sender, period, registers, stated, task.seed, task.out, task.file_format)
        counts = {dataset: len(register) for dataset, register in registers.items()}
    return _Done(values, county.submissions(), len(task.periods), size, counts)


def _write_bureau(
    plan: ProvincePlan,
    units: ReportingUnits,
    counties: list[_Done],
    periods: tuple[Period, ...],
    clock: Clock,
    seed: int,
    out: Path,
) -> _Done:
    submissions = [row for county in counties for row in county.submissions]
    sender = Sender(units.province, units.province.code, units.province.name)
    values, size, counts = {}, 0, {}
    for period in periods:
        registers = bureau_registers(plan, units, submissions, clock, period, seed)
        own = totals(registers, period.key)
        values[period.key] = {**add_up([county.totals[period.key] for county in counties]), **own}
        stated = rows(values[period.key], "province", period.cadence)
        size += _save(sender, period, registers, stated, seed, out, "xlsx")
        counts = {dataset: len(register) for dataset, register in registers.items()}
    return _Done(values, [], len(periods), size, counts)


def _save(
    sender: Sender,
    period: Period,
    registers: Registers,
    stated: list[dict],
    seed: int,
    out: Path,
    file_format: str,
) -> int:
    name = f"{sender.code}_{sender.name}_{period.key}{SUFFIXES[file_format]}"
    return save(workbook(sender, period, registers, stated, seed), out / name, file_format)
