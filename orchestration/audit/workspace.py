"""The tables that file rules read besides the landed sheets, on any DuckDB connection.

One batch of submissions lies in tables named by dataset, with ``submissions``, ``landed_sheets`` and
``landed_columns``; ``furnish`` adds the calendar, the units, the dictionary, what each workbook's registers
add up to and what its 汇总表 states. The nightly and a check of one file use the same function.

Belongs here: helper tables. Does not belong here: rules, or reading and writing the lake.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.audit.tables import create
from orchestration.cards import UNIT_FACTORS, load_cards
from orchestration.indicators import Indicator, load_indicators
from orchestration.lake import LANDED_COLUMNS, LANDED_SHEETS, dataset_schema
from orchestration.periods import parse_period
from orchestration.units import ReportingUnits

# The kind of thing a unit counts: a total may be stated in any unit of its kind, and in no other.
_MONEY, _RATIO = "money", "ratio"
_SAME_THING = {"名": "人"}

_TEXT = pa.string()


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema(list(columns.items()))


# Of each submission of the batch: who sent it and when for. ``unit_kind``: county or province.
SUBMITTERS = _schema(submission_id=_TEXT, unit_code=_TEXT, unit_kind=_TEXT, reporting_period=_TEXT)
UNIT_KIND = "case when unit_code like '%0000' then 'province' else 'county' end as unit_kind"


def batch_schemas() -> dict[str, pa.Schema]:
    """What a batch consists of: every dataset's landed columns with its period, and its control tables."""
    period = pa.field("reporting_period", pa.string())
    datasets = {name: dataset_schema(card).append(period) for name, card in load_cards().items()}
    return {
        **datasets,
        "submissions": SUBMITTERS,
        "landed_sheets": LANDED_SHEETS,
        "landed_columns": LANDED_COLUMNS,
    }


def furnish(connection: duckdb.DuckDBPyConnection, units_csv: Path) -> None:
    """Adds the helper tables to a connection that holds a batch."""
    periods = [
        row[0] for row in connection.execute("select distinct reporting_period from submissions").fetchall()
    ]
    create(connection, "reporting_periods", _periods(periods))
    create(connection, "reporting_units", _units(units_csv))
    create(connection, "measurement_units", _measurement_units())
    create(connection, "indicators", _indicators())
    connection.execute(f"create table unit_figures as {_figures_sql(sorted(periods))}")
    connection.execute(f"create table stated as {_STATED}")


def _periods(keys: list[str]) -> pa.Table:
    periods = [parse_period(key) for key in sorted(keys)]
    schema = _schema(
        reporting_period=_TEXT,
        period_start=pa.date32(),
        period_end=pa.date32(),
        period_month=_TEXT,
        period_year=pa.int32(),
    )
    rows = [(p.key, p.start, p.end, f"{p.end:%Y-%m}", p.end.year) for p in periods]
    return _table(schema, rows)


def _units(units_csv: Path) -> pa.Table:
    schema = _schema(unit_code=_TEXT, unit_name=_TEXT, kind=_TEXT, former_poverty_county=pa.bool_())
    units = ReportingUnits(units_csv)
    with units_csv.open(encoding="utf-8-sig", newline="") as handle:
        poverty = {row["code"] for row in csv.DictReader(handle) if row.get("former_poverty_county") == "yes"}
    every = (units.province, *units.cities, *units.counties)
    return _table(schema, [(u.code, u.name, u.kind, u.code in poverty) for u in every])


def _dimension(base_unit: str) -> str:
    return {"元": _MONEY, "1": _RATIO}.get(base_unit, _SAME_THING.get(base_unit, base_unit))


def _measurement_units() -> pa.Table:
    schema = _schema(unit=_TEXT, dimension=_TEXT, factor=pa.decimal128(11, 2), inverse=pa.decimal128(11, 8))
    rows = [
        (unit, _dimension(base), Decimal(factor), 1 / Decimal(factor))
        for unit, (base, factor) in UNIT_FACTORS.items()
    ]
    # 万 before a unit that has no entry of its own (万人次, 万名).
    listed = {row[0] for row in rows}
    rows += [
        (f"万{unit}", dimension, Decimal(10000), Decimal("0.0001"))
        for unit, dimension, factor, _ in rows
        if factor == 1 and f"万{unit}" not in listed
    ]
    return _table(schema, rows)


def _indicators() -> pa.Table:
    schema = _schema(
        position=pa.int32(),
        figure_key=_TEXT,
        label_zh=_TEXT,
        unit=_TEXT,
        dimension=_TEXT,
        dataset=_TEXT,
        stated_by=pa.list_(pa.string()),
    )
    rows = [
        (position, i.key, i.label, i.unit, _dimension(i.unit), i.dataset, list(i.stated_by))
        for position, i in enumerate(load_indicators().values(), start=1)
    ]
    return _table(schema, rows)


def _table(schema: pa.Schema, rows: list[tuple]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema=schema)


# A sheet that was landed, or declared nil, counts 0 where there is nothing to count; a missing one says nothing.
_REPORTED = (
    "select submission_id from landed_sheets where dataset = '{dataset}' and state in ('landed', 'nil')"
)


def _figures_sql(periods: list[str]) -> str:
    """What each workbook's own registers add up to, by the dictionary's formulas of its period; a ratio to ten decimals."""
    indicators = load_indicators().values()
    by_dataset: dict[str, list[Indicator]] = {}
    for indicator in indicators:
        if indicator.measure and indicator.dataset:
            by_dataset.setdefault(indicator.dataset, []).append(indicator)
    parts = [_measures_sql(dataset, measured, periods) for dataset, measured in by_dataset.items()]
    ratios = ", ".join(f"('{i.key}', '{i.of[0]}', '{i.of[1]}')" for i in indicators if i.of)
    return f"""
        with measured as ({" union all ".join(parts)}),
        ratios (figure_key, numerator, denominator) as (values {ratios})
        select submission_id, figure_key, value from measured where value is not null
        union all
        select n.submission_id, ratios.figure_key, {_quotient("n.value", "d.value")}
        from ratios
        join measured as n on n.figure_key = ratios.numerator
        join measured as d on d.figure_key = ratios.denominator and d.submission_id = n.submission_id
        where d.value > 0 and n.value is not null"""


def _measures_sql(dataset: str, measured: list[Indicator], periods: list[str]) -> str:
    columns, totals = [], []
    for indicator in measured:
        columns.append(f"cast({_measure_sql(indicator, periods)} as decimal(38, 10)) as {indicator.key}")
        # Nothing to count is 0; nothing to take the least of is nothing.
        counts = (indicator.measure or "").startswith(("count", "sum"))
        total = f"coalesce({indicator.key}, 0)" if counts else indicator.key
        defined = [period for period in periods if indicator.valid_in(period)]
        if defined != periods:
            total = f"case when reported.reporting_period in ({_literals(defined)}) then {total} end"
        totals.append(f"{total} as {indicator.key}")
    return f"""
        select submission_id, figure_key, value from (
            unpivot (
                select reported.submission_id, {", ".join(totals)}
                from (
                    select submission_id, reporting_period
                    from ({_REPORTED.format(dataset=dataset)}) join submissions using (submission_id)
                ) as reported
                left join (
                    select submission_id, {", ".join(columns)} from {dataset} group by submission_id
                ) as counted using (submission_id)
            ) on {", ".join(i.key for i in measured)} into name figure_key value value
        )"""


def _measure_sql(indicator: Indicator, periods: list[str]) -> str:
    """The formula that is valid in a workbook's period, where the periods of the batch do not share one."""
    formulas: dict[str, list[str]] = {}
    for period in periods:
        if defined := indicator.valid_in(period):
            where = f" filter (where {defined.where})" if defined.where else ""
            formulas.setdefault(f"{defined.measure}{where}", []).append(period)
    if len(formulas) <= 1:
        return next(iter(formulas), "null")
    cases = (f"when max(reporting_period) in ({_literals(p)}) then {f}" for f, p in formulas.items())
    return f"case {' '.join(cases)} end"


def _literals(periods: list[str]) -> str:
    return ", ".join(f"'{period}'" for period in periods) or "null"


def _quotient(numerator: str, denominator: str) -> str:
    """Half-up to ten decimals in whole numbers, for both sides are at least 0 and DuckDB divides in doubles."""
    n = f"cast({numerator} * 10000000000 as hugeint)"
    d = f"cast({denominator} * 10000000000 as hugeint)"
    return f"cast(({n} * 20000000000 + {d}) // (2 * {d}) as decimal(38, 0)) * cast(0.0000000001 as decimal(11, 10))"


# A count in whole base units is exact; anything else was rounded at its last declared digit.
_STATED = """
    with read as (
        select s.submission_id, s.unit_code, s.indicator, s.value, s.unit, s.source_sheet, s.source_row,
               i.figure_key, u.dimension, coalesce(u.inverse, 1) as inverse,
               cast(case
                   when s.decimals = 0 and u.factor = 1 and u.dimension not in ('money', 'ratio') then 0
                   else coalesce(u.factor, 1) * case s.decimals
                       when 0 then 0.5000000 when 1 then 0.0500000 when 2 then 0.0050000 when 3 then 0.0005000
                       when 4 then 0.0000500 when 5 then 0.0000050 else 0.0000005 end
               end as decimal(20, 9)) as half_unit
        from stated_totals as s
        left join indicators as i on i.label_zh = trim(s.indicator)
        left join measurement_units as u on u.unit = s.unit
    )
    select *, cast(value - half_unit as decimal(24, 9)) as low, cast(value + half_unit as decimal(24, 9)) as high
    from read"""
