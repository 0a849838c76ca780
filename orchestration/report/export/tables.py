"""The tables of an export, the same in every machine-readable format: names, types, meanings and rows.

Belongs here: which tables there are and what a row of each says. Does not belong here: any format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from orchestration.report.export.contents import Contents, Figure, stated_unit_of, stated_value
from orchestration.units import Unit

Value = str | int | bool | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """``type``: string, integer, decimal (38 digits, 10 of them decimals), date or boolean; the rest as for readers."""

    name: str
    type: str
    title: str  # Chinese
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """``key``: the columns that no two rows share."""

    name: str
    title: str  # Chinese
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]


_PERIOD = Column(
    "reporting_period", "string", "报告期", "Reporting period, as 2021-08, 2021-W35, 2021-Q3, 2021-H1, 2021"
)
_UNIT_CODE = Column(
    "unit_code", "string", "单位代码", "GB/T 2260 code in force of the province, city or county"
)
_UNIT_NAME = Column("unit_name", "string", "单位名称", "Name of the unit")
_KEY = Column("figure_key", "string", "指标键", "Figure key")
_LABEL = Column("indicator", "string", "指标", "Name of the indicator, as on 汇总表")
_DATASET = Column("dataset", "string", "数据集", "Dataset")
_SHEET = Column("sheet", "string", "工作表", "Sheet it is reported on")

_TOTALS = (
    _PERIOD,
    _UNIT_CODE,
    _KEY,
    _LABEL,
    Column("value", "decimal", "数值", "As printed, in the unit beside it"),
    Column("unit", "string", "计量单位", "Unit the value is stated in"),
    Column("decimals", "integer", "小数位数", "Declared decimal places"),
)
_FIGURES = (
    _PERIOD,
    _UNIT_CODE,
    _UNIT_NAME,
    Column("unit_kind", "string", "级别", "province, city or county"),
    Column("city_name", "string", "所属设区市", "City a county belongs to"),
    _KEY,
    _LABEL,
    Column("value", "decimal", "精确值", "Exact value in base unit; a ratio as a fraction of 1"),
    Column("unit", "string", "基本单位", "Base unit; 1 for a ratio"),
    Column("display_zh", "string", "印发数", "As printed, such as 3.22万户"),
    Column("printed_value", "decimal", "印发数所示数值", "What the printed text says, in base unit; empty where it says words"),
    Column("is_adjusted", "boolean", "舍位平衡", "Whether the last digit was moved so that printed parts add up"),
    Column("in_province_value", "decimal", "按全省数量级的数值", "A city or county rounded in the province's scale, so that all of them add up to what the province prints; base unit"),
    Column("is_partial", "boolean", "部分汇总", "Whether some unit's report is not in it"),
    Column("as_of", "date", "数据截止日", "Last day the figure covers"),
    Column("source_period", "string", "取数报告期", "Month or week the value is taken from; the last of a sum"),
    Column("previous_period", "string", "上一期", "Period before, of the same cadence"),
    Column("previous_value", "decimal", "上期数", "Its value"),
    Column("previous_change", "decimal", "比上期增减", "Value minus that"),
    Column("year_before_period", "string", "上年同期", "The same period a year before"),
    Column("year_before_value", "decimal", "上年同期数", "Its value"),
)  # fmt: skip
_DICTIONARY = (
    _KEY,
    _LABEL,
    Column("section", "string", "板块", "Section of the bulletin"),
    Column("definition", "string", "口径", "Definition"),
    Column("formula", "string", "算法", "Formula in words"),
    Column("kind", "string", "性质", "stock, ytd, flow, ratio or target"),
    Column("unit", "string", "基本单位", "Base unit; 1 for a ratio"),
    Column("scale", "string", "印刷数量级", "Scale the province's figure is printed in: none, 万, 亿 or %"),
    Column("measure_word", "string", "量词", "Measure word"),
    Column("decimals", "integer", "小数位数", "Declared decimals in print"),
    Column("style", "string", "写法", "number, hanzi, magnitude or over_ten"),
    Column("owner", "string", "负责业务口", "Section of the bureau that answers for it"),
    _SHEET,
    Column("fact", "string", "来源事实表", "Facts of the warehouse it is computed from"),
    Column("valid_from", "string", "生效月份", "First month of this definition; empty when there was none before"),
    Column("valid_until", "string", "终止月份", "Last month of this definition; empty while it stands"),
)  # fmt: skip
_COMPLETENESS = (
    _PERIOD,
    _DATASET,
    _SHEET,
    Column("expected", "integer", "应报份数", "Reports that were due, exemptions left out"),
    Column("accepted", "integer", "接收份数", "Reports in force"),
)
_MISSING = (
    _PERIOD,
    _UNIT_CODE,
    _UNIT_NAME,
    _DATASET,
    _SHEET,
    Column("status", "string", "状态", "How the report that is not in force stands"),
)
_FLAGS = (
    _PERIOD,
    _UNIT_CODE,
    _UNIT_NAME,
    _DATASET,
    _SHEET,
    Column("rule_code", "string", "规则", "Rule that the report in force does not pass"),
    Column("title", "string", "规则名称", "Title of the rule"),
    Column("severity", "string", "严重程度", "warning, or error where it is waived"),
    Column("failed", "integer", "不符处数", "Rows that fail"),
    Column("checked", "integer", "检查行数", "Rows looked at"),
    Column("waived_until", "date", "豁免截止日", "Last day of the waiver; empty for a warning"),
)  # fmt: skip


def tables_of(contents: Contents) -> tuple[Table, ...]:
    """Every table of the export; one without rows is there as well, so that its absence is no question."""
    return tuple(
        Table(name, title, meaning, key, columns, tuple(rows(contents)))
        for name, title, meaning, key, columns, rows in _TABLES
    )


def table(contents: Contents, name: str) -> Table:
    return next(each for each in tables_of(contents) if each.name == name)


def _totals(contents: Contents) -> Iterator[tuple[Value, ...]]:
    unit = contents.unit
    for entry in contents.entries:
        if figure := contents.figure(unit, entry):
            stated, decimals = stated_unit_of(figure, entry, unit.kind)
            value = stated_value(figure, entry, unit.kind)
            yield contents.period.key, unit.code, entry.key, entry.label, value, stated, decimals


def _figures(contents: Contents) -> Iterator[tuple[Value, ...]]:
    for place in contents.places:
        for entry in contents.entries:
            if figure := contents.figure(place, entry):
                head = (contents.period.key, place.code, place.name, place.kind, place.city_name)
                yield *head, entry.key, entry.label, *_figure(figure, entry.unit)


def _figure(figure: Figure, unit: str) -> tuple[Value, ...]:
    return (
        figure.value,
        unit,
        figure.display,
        figure.printed_value,
        figure.is_adjusted,
        figure.in_province_value,
        figure.is_partial,
        figure.as_of,
        figure.source_period,
        figure.previous_period,
        figure.previous_value,
        figure.previous_change,
        figure.year_before_period,
        figure.year_before_value,
    )


def _dictionary(contents: Contents) -> Iterator[tuple[Value, ...]]:
    for entry in contents.entries:
        head = (
            entry.key,
            entry.label,
            entry.section,
            entry.definition,
            entry.formula,
            entry.kind,
            entry.unit,
        )
        printed = (entry.scale, entry.measure_word, entry.decimals, entry.style)
        yield *head, *printed, entry.owner, entry.source, entry.fact, entry.valid_from, entry.valid_until


def _completeness(contents: Contents) -> Iterator[tuple[Value, ...]]:
    for each in contents.coverage:
        yield each.period, each.dataset, contents.sheet(each.dataset), each.expected, each.accepted


def _missing(contents: Contents) -> Iterator[tuple[Value, ...]]:
    for each in contents.missing:
        who = (each.period, each.unit_code, contents.name(each.unit_code))
        yield *who, each.dataset, each.sheet, each.status_zh


def _flags(contents: Contents) -> Iterator[tuple[Value, ...]]:
    for each in contents.flags:
        who = (each.period, each.unit_code, contents.name(each.unit_code))
        rule = (each.rule_code, each.title, each.severity, each.failed, each.checked, each.waived_until)
        yield *who, each.dataset, contents.sheet(each.dataset), *rule


_Rows = Callable[[Contents], Iterable[tuple[Value, ...]]]
_TABLES: tuple[tuple[str, str, str, tuple[str, ...], tuple[Column, ...], _Rows], ...] = (
    ("totals", "汇总表", "The unit's figures as it states them", ("figure_key",), _TOTALS, _totals),
    ("figures", "指标数据", "Every figure of the unit, its cities and its counties, exact and as printed", ("unit_code", "figure_key"), _FIGURES, _figures),
    ("dictionary", "数据字典", "Every indicator as defined in the period", ("figure_key",), _DICTIONARY, _dictionary),
    ("completeness", "报送完整情况", "Reports due and in force, by dataset", ("reporting_period", "dataset"), _COMPLETENESS, _completeness),
    ("missing", "未报或未通过审核", "Reports that are not in force, and so in no figure", ("reporting_period", "unit_code", "dataset"), _MISSING, _missing),
    ("flags", "带提示发布", "Rules that reports in force do not pass", ("reporting_period", "unit_code", "dataset", "rule_code"), _FLAGS, _flags),
)  # fmt: skip


def adjusted(contents: Contents) -> list[tuple[Unit, str, Figure]]:
    """The figures whose printed last digit was moved, with their unit and name."""
    return [
        (place, entry.label, figure)
        for place in contents.places
        for entry in contents.entries
        if (figure := contents.figure(place, entry)) and figure.is_adjusted
    ]
