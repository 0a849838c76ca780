"""Contents of an export made by hand, for what a published province without faults does not show.

Belongs here: making contents. Does not belong here: what is expected of them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from bulletin_support import UNITS

from orchestration.indicators import Indicator, load_indicators
from orchestration.periods import parse_period
from orchestration.report.bulletin.material import Coverage, Missing
from orchestration.report.export.contents import Contents, Entry, Figure, Flag, Publication

LANTIAN, XIAN = UNITS.by_code("610122"), UNITS.by_code("610100")


def entry(key: str) -> Entry:
    found: Indicator = load_indicators()[key]
    return Entry(
        key,
        found.label,
        found.section,
        found.kind,
        found.unit,
        found.scale,
        found.measure_word,
        found.decimals,
        found.style,
        found.formula,
        found.definition or "",
        found.owner,
        "监测对象台账",
        "fct_monitored_households",
        "",
        "",
    )


def figure(unit_code: str, key: str, value: str, **more) -> Figure:
    given = {"display": value, "printed_value": Decimal(value), "is_adjusted": False, **more}
    return Figure(
        unit_code=unit_code,
        key=key,
        value=Decimal(value),
        in_province_value=None,
        as_of=date(2021, 8, 31),
        source_period="2021-08",
        previous_period="2021-07",
        previous_value=None,
        previous_change=None,
        year_before_period="2020-08",
        year_before_value=None,
        **given,
    )


def contents(*figures: Figure, period: str = "2021-08", **more) -> Contents:
    """The province with the places that the figures are of."""
    codes = {"610000", *(found.unit_code for found in figures)}
    every = (UNITS.province, *UNITS.cities, *UNITS.counties)
    keys = [key for key in load_indicators() if any(found.key == key for found in figures)]
    made = Contents(
        unit=UNITS.province,
        issuer="陕西省乡村振兴局",
        period=parse_period(period),
        publication=Publication(7, datetime(2021, 9, 6, 18, 30), datetime(2021, 9, 6, 18, 20)),
        places=tuple(unit for unit in every if unit.code in codes),
        entries=tuple(map(entry, keys)),
        figures={(found.unit_code, found.key): found for found in figures},
        names={unit.code: unit.name for unit in every},
        sheets={"monitored_households": "监测对象台账", "projects": "项目库"},
    )
    return replace(made, **more)


def faulty() -> Contents:
    """An adjusted figure, a county that is missing from the total, a warning and a waived error published with a flag."""
    return contents(
        figure("610000", "monitored_households_unstable", "13849", printed_value=Decimal(13900), is_adjusted=True, display="1.39万户"),
        figure("610000", "monitored_households_total", "32200", is_partial=True),
        figure("610100", "monitored_households_total", "1500", is_partial=True),
        figure("610122", "monitored_households_total", "250"),
        coverage=(Coverage("2021-08", "monitored_households", 107, 106),),
        missing=(Missing("2021-08", "610124", "monitored_households", "监测对象台账", "逾期未报"),),
        flags=(
            Flag("2021-08", "610122", "projects", "R-PROJ-1", "warning", "开工日期早于立项", 3, 90, None),
            Flag("2021-08", "610124", "projects", "R-PROJ-1", "warning", "开工日期早于立项", 1, 80, None),
            Flag("2021-08", "610000", "projects", "R-PROJ-2", "error", "全省合计相符", 1, 1, date(2021, 12, 31)),
        ),
    )  # fmt: skip
