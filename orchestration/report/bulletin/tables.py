"""The tables below the text: the unit's parts beside each other, every figure exactly, and what the marks mean.

Belongs here: rows and columns. Does not belong here: how a table looks in any format.
"""

from __future__ import annotations

from decimal import Decimal

from orchestration.indicators import load_indicators
from orchestration.report.bulletin.comparisons import is_alike, say_points
from orchestration.report.bulletin.figures import Figure
from orchestration.report.bulletin.material import Material, dataset_of
from orchestration.report.bulletin.pieces import (
    ADJUSTED_MARK,
    PARTIAL_MARK,
    Mention,
    Pieces,
    Table,
    mention,
)
from orchestration.report.bulletin.saying import say_exact
from orchestration.units import Unit

ANNEX_HEADER = (
    "序号",
    "指标",
    "印发数",
    "精确值",
    "单位",
    "上期",
    "比上期增减",
    "去年同期",
    "统计截止",
    "指标键",
)
_ANNEX_WIDTHS = (1.1, 4.2, 2.2, 2.6, 1.0, 2.0, 2.5, 1.9, 2.3, 5.5)
# The figures that a table of cities or counties compares, with their short headers.
PART_COLUMNS = (
    ("monitored_households_total", "监测对象户数"),
    ("monitored_people_total", "监测对象人数"),
    ("monitored_households_identified", "新识别户数"),
    ("employment_lifted_labour", "脱贫劳动力就业"),
    ("bridging_funds_allotted_to_counties", "切块到县资金"),
    ("projects_arranged", "安排项目"),
    ("project_start_rate", "开工率"),
    ("microcredit_amount", "小额信贷投放"),
    ("ew_labour_target_completion", "劳动力转移完成率"),
    ("ew_lifted_people_target_completion", "脱贫人口转移完成率"),
    ("ew_consumption_target_completion", "消费帮扶完成率"),
    ("ew_social_funds_target_completion", "社会帮扶资金完成率"),
)


def annex(material: Material, unit: Unit) -> Table:
    """Every figure of the unit: as printed, exact, and what it was before."""
    rows = [
        _annex_row(number, figure, material, unit)
        for number, figure in enumerate(material.of(unit).values(), start=1)
    ]
    return Table("主要指标", ANNEX_HEADER, tuple(rows), _ANNEX_WIDTHS, frozenset((2, 3, 5, 6, 7)))


def by_part(material: Material, unit: Unit) -> Table | None:
    """The main figures of a province's cities or a city's counties, and of the whole in the last row; None of a county."""
    parts = material.parts(unit)
    if not parts:
        return None
    columns = [
        (key, name)
        for key, name in PART_COLUMNS
        if any(material.value(part, key) is not None for part in parts)
    ]
    if not columns:
        return None
    rows = [((part.name,), *(_cell(material, part, key) for key, _ in columns)) for part in parts]
    rows.append((("合计",), *(_cell(material, unit, key) for key, _ in columns)))
    noun = "市" if unit.kind == "province" else "县（区）"
    return Table(
        f"分{noun}主要指标",
        (noun, *(name for _, name in columns)),
        tuple(rows),
        (1.6, *(2.0 for _ in columns)),
        frozenset(range(1, len(columns) + 1)),
    )


def notes(material: Material, unit: Unit) -> tuple[Pieces, ...]:
    """What the marks in the tables mean, with the exact value of each figure that was adjusted."""
    noted: list[Pieces] = []
    adjusted = [
        (of, figure)
        for of in (*material.parts(unit), unit)
        for figure in material.of(of).values()
        if figure.is_adjusted and (of is unit or figure.key in dict(PART_COLUMNS))
    ]
    if adjusted:
        said = "；".join(_say_adjusted(of, figure, unit) for of, figure in adjusted)
        noted.append(
            (f"{ADJUSTED_MARK} 为使分项印发数之和与合计数一致，按舍位平衡调整了末位，精确值为：{said}。",)
        )
    partial = {
        dataset_of(figure.key): found
        for of in (*material.parts(unit), unit)
        for figure in material.of(of).values()
        if (found := material.partial(of, figure))
    }
    if partial:
        said = "、".join(dict.fromkeys(_sheet(dataset, material) for dataset in partial))
        noted.append((f"{PARTIAL_MARK} 部分汇总数：{said}尚有单位未报或未通过审核，未计入。",))
    return tuple(noted)


def _annex_row(number: int, figure: Figure, material: Material, unit: Unit) -> tuple[Pieces, ...]:
    return (
        (str(number),),
        (figure.label,),
        _printed(material, unit, figure),
        ("—" if figure.value is None else say_exact(figure.value),),
        ("比率" if figure.unit == "1" else figure.unit,),
        (figure.previous.display if figure.previous else "—",),
        (_change(figure),),
        (figure.year_before.display if figure.year_before else "—",),
        (figure.as_of.isoformat() if figure.as_of else "—",),
        (figure.key,),
    )


def _change(figure: Figure) -> str:
    """The difference with all its digits and its sign; of a ratio in percentage points."""
    if figure.previous is None or figure.value is None or not is_alike(figure, figure.previous):
        return "—"
    change = figure.value - figure.previous.value
    indicator = load_indicators().get(figure.key)
    if indicator is not None and indicator.scale == "%":
        return say_points(change, indicator)
    return _signed(change)


def _signed(change: Decimal) -> str:
    return "0" if change == 0 else f"{'+' if change > 0 else '−'}{say_exact(abs(change))}"


def _cell(material: Material, unit: Unit, key: str) -> Pieces:
    figure = material.of(unit).get(key)
    return ("—",) if figure is None else _printed(material, unit, figure)


def _printed(material: Material, unit: Unit, figure: Figure) -> Pieces:
    if figure.value is None:
        return ("—",)
    found: Mention = mention(figure, unit.code, is_partial=material.partial(unit, figure) is not None)
    return (found, found.marks) if found.marks else (found,)


def _say_adjusted(of: Unit, figure: Figure, unit: Unit) -> str:
    name = "" if of is unit else of.name
    return f"{name}{figure.label}{say_exact(figure.value)}{'' if figure.unit == '1' else figure.unit}（印{figure.display}）"


def _sheet(dataset: str | None, material: Material) -> str:
    return next((missing.sheet for missing in material.missing if missing.dataset == dataset), dataset or "")
