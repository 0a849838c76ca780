"""The semantic layer: the indicator dictionary as MetricFlow's semantic models and metrics, written by ``make docs``.

Every indicator becomes a metric of its key, computed from the fact of its dataset; the columns of the dataset's card become
the dimensions it can be sliced by. Where a dataset is reported on weeks too, the figures of weeks are metrics of their own
(``…_weekly``), so that no query adds a week to a month.

Belongs here: turning dictionary and cards into ``dbt_project/models/semantic/``. Does not belong here: any fact of its own,
and asking (``mf``, see docs/metrics.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.cards import CARDS, Card, Column, load_cards
from orchestration.home import DBT_PROJECT
from orchestration.indicators import Indicator, Version, load_indicators
from orchestration.report.trace.formula import EVERY_ROW, Formula, read_formula

SEMANTIC = DBT_PROJECT / "models" / "semantic"
UNIT = "reporting_unit"
PERIOD = "period"
WEEKLY = "_weekly"
_OF_WEEKS = {"month": "", "week": "(周报)"}
_DIMENSIONS = DBT_PROJECT / "models" / "marts" / "dimensions.yml"
_WRITTEN = "# Written by `make docs` from {}; change that instead.\n"
# A month is dated by its first day. A week is dated by its last, for it belongs to the month in which it ends (decision 8):
# the Monday of week 1 is that of the week of 4 January.
DAY_OF = {
    "month": "cast(reporting_period || '-01' as date)",
    "week": "cast(cast(date_trunc('week', cast(substr(reporting_period, 1, 4) || '-01-04' as date)) as date)"
    " + (7 * cast(substr(reporting_period, 7, 2) as integer) - 1) as date)",
}
_ROWS_OF = {"month": "reporting_period not like '%-W%'", "week": "reporting_period like '%-W%'"}
_MONTH_OF = {"month": "reporting_period", "week": f"substr(cast({DAY_OF['week']} as string), 1, 7)"}


def files() -> dict[Path, str]:
    """Every file of the semantic layer with its content: one a dataset that has indicators, ratios, units."""
    cards, indicators = load_cards(), expressible(load_indicators().values())
    measured = {dataset: [i for i in indicators if i.dataset == dataset] for dataset in cards}
    written = {
        SEMANTIC / f"{dataset}.yml": _dataset_file(cards[dataset], of_dataset)
        for dataset, of_dataset in measured.items()
        if of_dataset
    }
    ratios = [metric for indicator in indicators if indicator.of for metric in _metrics(indicator)]
    said = _WRITTEN.format("the dictionary")
    return written | {
        SEMANTIC / "ratios.yml": said + _yaml({"version": 2, "metrics": ratios}),
        SEMANTIC / "units.yml": _units_file(),
    }


def write_files() -> None:
    """Writes the semantic layer anew; what no dataset stands for any more goes."""
    SEMANTIC.mkdir(exist_ok=True)
    written = files()
    for path in set(SEMANTIC.glob("*.yml")) - set(written):
        path.unlink()
    for path, content in written.items():
        path.write_text(content, encoding="utf-8")


def expressible(indicators: Iterable[Indicator]) -> list[Indicator]:
    return [indicator for indicator in indicators if why_not(indicator) is None]


def why_not(indicator: Indicator) -> str | None:
    """Why an indicator is no metric, in Chinese; None where it is one."""
    if indicator.of:
        lacking = [part.label for part in _parts(indicator) if why_not(part)]
        return f"{'、'.join(lacking)}不能表达" if lacking else None
    aggregations = {_aggregation(read_formula(version.measure, None)) for version in indicator.versions}
    if None in aggregations:
        return "算法不是对每行一个值计数、求和、取最小或最大"
    return "各期定义的汇总方式不同" if len(aggregations) > 1 else None


def metric_names(indicator: Indicator) -> dict[str, str]:
    """The metrics of an indicator, one for each base cadence it is counted on: {cadence: name}, months first."""
    return {cadence: _named(indicator.key, cadence) for cadence in sorted(indicator.cadences)}


def _parts(indicator: Indicator) -> list[Indicator]:
    return [load_indicators()[key] for key in indicator.of or ()]


def _aggregation(formula: Formula) -> str | None:
    """MetricFlow's word for an aggregate; counting is summing ones. None where it has none."""
    if formula.distinct:
        return "count_distinct" if formula.function == "count" else None
    return "sum" if formula.function == "count" else formula.function


def _dataset_file(card: Card, indicators: list[Indicator]) -> str:
    cadences = sorted({cadence for indicator in indicators for cadence in indicator.cadences})
    models = [_semantic_model(card, indicators, cadence) for cadence in cadences]
    metrics = [metric for indicator in indicators for metric in _metrics(indicator)]
    said = _WRITTEN.format(f"the dictionary and the card {card.dataset}.yml")
    return said + _yaml({"version": 2, "semantic_models": models, "metrics": metrics})


def _semantic_model(card: Card, indicators: list[Indicator], cadence: str) -> dict[str, Any]:
    """The fact of a dataset as one cadence sees it: rows of the other have no period, and metrics pass over them."""
    name = _named(card.dataset, cadence)
    period = {
        "name": PERIOD,
        "label": "报告期",
        "type": "time",
        "expr": f"case when {_ROWS_OF[cadence]} then {DAY_OF[cadence]} end"
        if _is_mixed(card)
        else DAY_OF[cadence],
        "type_params": {"time_granularity": "day"},
    }
    return {
        "name": name,
        "label": card.title + _OF_WEEKS[cadence],
        "description": card.description,
        "model": f"ref('{card.fact}')",
        "defaults": {"agg_time_dimension": PERIOD},
        "primary_entity": name,
        "entities": [{"name": UNIT, "type": "foreign", "expr": "unit_code"}],
        "dimensions": [period, *[_dimension(column) for column in card.columns if _slices(card, column)]],
        "measures": [_measure(i, cadence) for i in indicators if cadence in i.cadences],
    }


def _named(name: str, cadence: str) -> str:
    return name + (WEEKLY if cadence == "week" else "")


def _is_mixed(card: Card) -> bool:
    """Whether its fact has rows of weeks beside those of months."""
    return len(card.cadences) > 1


def _slices(card: Card, column: Column) -> bool:
    """Whether figures can be sliced by a column: texts, days, yes or no, and numbers that measure nothing (years)."""
    measures = column.unit or column.unit_from or column.data_type.startswith("decimal")
    return column.name in _columns_of(card.fact) and not (column.personal or measures)


def _columns_of(model: str) -> dict[str, str]:
    """The columns of a fact or dimension with their descriptions, as its contract says."""
    return _contracts()[model]


@cache
def _contracts() -> dict[str, dict[str, str]]:
    models = (
        model
        for path in (*sorted(CARDS.glob("*.yml")), _DIMENSIONS)
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])
    )
    return {model["name"]: {c["name"]: c["description"] for c in model["columns"]} for model in models}


def _dimension(column: Column) -> dict[str, Any]:
    named = {"name": column.name, "label": column.header, "description": column.description}
    if column.data_type == "date":
        return named | {"type": "time", "type_params": {"time_granularity": "day"}}
    return named | {"type": "categorical"}


def _measure(indicator: Indicator, cadence: str) -> dict[str, Any]:
    measure = {
        "name": metric_names(indicator)[cadence],
        "agg": _aggregation(read_formula(indicator.measure, None)),
        "expr": _by_version(indicator, _MONTH_OF[cadence]),
    }
    # A stock, a year to date or a target is that of the last period asked for; only a flow adds up over periods.
    if indicator.kind != "flow":
        measure["non_additive_dimension"] = {"name": PERIOD, "window_choice": "max"}
    return measure


def _by_version(indicator: Indicator, month: str) -> str:
    """SQL: what a row gives to the figure, by the definition valid in its period; null where there was none."""
    branches = [
        (" and ".join(_validity(version, month)), _given(version, indicator.kind == "flow"))
        for version in indicator.versions
    ]
    if branches[0][0] == "":
        return branches[0][1]
    return f"case {' '.join(f'when {valid} then {given}' for valid, given in branches)} end"


def _given(version: Version, is_flow: bool) -> str:
    value, nothing = _value(read_formula(version.measure, None), is_flow)
    if not version.where:
        return value
    return f"case when {version.where} then {value}{f' else {nothing}' if nothing else ''} end"


def _value(formula: Formula, is_flow: bool) -> tuple[str, str | None]:
    """SQL: what a row that counts gives, and what any other (None: nothing). Where nothing adds up, the sum is 0."""
    expression = formula.expression
    if formula.distinct:
        # Distinct in each period: over several periods a flow is the sum of theirs.
        return (f"reporting_period || ' ' || cast({expression} as string)" if is_flow else expression), None
    if formula.function == "count":
        return ("1" if expression == EVERY_ROW else f"case when {expression} is null then 0 else 1 end"), "0"
    return (f"coalesce({expression}, 0)", "0") if formula.function == "sum" else (expression, None)


def _validity(version: Version, month: str) -> Iterator[str]:
    if version.valid_from:
        yield f"{month} >= '{version.valid_from}'"
    if version.valid_until:
        yield f"{month} <= '{version.valid_until}'"


def _metrics(indicator: Indicator) -> Iterator[dict[str, Any]]:
    """An indicator as metrics, one for each cadence."""
    for cadence, name in metric_names(indicator).items():
        yield {
            "name": name,
            "label": indicator.label + _OF_WEEKS[cadence],
            "description": indicator.formula + (f"。{indicator.definition}" if indicator.definition else ""),
            "type": "ratio" if indicator.of else "simple",
            "type_params": _type_params(indicator, cadence),
            **_filter(indicator, cadence),
            "config": {"meta": _meta(indicator)},
        }


def _filter(indicator: Indicator, cadence: str) -> dict[str, str]:
    """Leaves a metric the rows of its cadence; a ratio's two figures have filters of their own."""
    if indicator.of or not _is_mixed(load_cards()[indicator.dataset]):
        return {}
    period = f"{_named(indicator.dataset, cadence)}__{PERIOD}"
    return {"filter": f"{{{{ TimeDimension('{period}', 'day') }}}} is not null"}


def _type_params(indicator: Indicator, cadence: str) -> dict[str, str]:
    if not indicator.of:
        return {"measure": metric_names(indicator)[cadence]}
    numerator, denominator = (metric_names(part)[cadence] for part in _parts(indicator))
    return {"numerator": numerator, "denominator": denominator}


def _meta(indicator: Indicator) -> dict[str, Any]:
    """What a figure is in and how the bulletin prints it."""
    return {
        "kind": indicator.kind,
        "unit": indicator.unit,
        "scale": indicator.scale,
        "measure_word": indicator.measure_word,
        "decimals": indicator.decimals,
        "owner": indicator.owner,
    }


def _units_file() -> str:
    """The units that figures are for, with their city and province: what every fact is joined to."""
    columns = _columns_of("dim_reporting_unit")
    said = {"name": UNIT, "label": "报送单位", "model": "ref('dim_reporting_unit')"}
    model = said | {
        "entities": [{"name": UNIT, "type": "primary", "expr": "unit_code"}],
        "dimensions": [
            {"name": name, "description": description, "type": "categorical"}
            for name, description in columns.items()
            if name != "unit_code"
        ],
    }
    return _WRITTEN.format("dimensions.yml") + _yaml({"version": 2, "semantic_models": [model]})


def _yaml(content: dict[str, Any]) -> str:
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1000)
