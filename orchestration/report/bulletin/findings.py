"""What the bulletin finds, in words: progress against targets, the largest changes, who is behind and who has not reported.

Belongs here: the Chinese text around findings. Does not belong here: finding them (``progress``, ``material``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from orchestration.indicators import load_indicators
from orchestration.periods import previous
from orchestration.report.bulletin.charts import change_charts, progress_charts
from orchestration.report.bulletin.figures import Figure
from orchestration.report.bulletin.material import HISTORY_OF, Material, Missing
from orchestration.report.bulletin.pieces import PARTIAL_MARK, Mention, Pieces, Section, join, mention
from orchestration.report.bulletin.progress import (
    MOST,
    Change,
    Completion,
    behind,
    completions,
    is_completion,
    largest_changes,
    lower_than,
    place,
)
from orchestration.report.bulletin.saying import say_amount, say_before, say_number, say_until
from orchestration.units import Unit

CHANGING = (
    HISTORY_OF,
    "employment_lifted_labour",
    "project_pool_projects",
)  # stocks whose largest changes are named
COMPARED_RATES = ("project_start_rate",)  # below the unit's own they are named, without a target
_NAMED = 20  # units named one by one that have not reported
_LABELLED = 8  # figures named one by one that are not whole


def progress_section(material: Material, unit: Unit) -> Section:
    """Each share of a year's target that is reached, beside the time gone, with the unit's place among its kind."""
    paragraphs = []
    found = sorted(completions(unit, material.of(unit)), key=lambda completion: completion.figure.as_of)
    for day, of_day in groupby(found, key=lambda completion: completion.figure.as_of):
        listed = list(of_day)
        lead = f"{say_until(day, material.period.end.year)}，时间进度为{say_number(listed[0].time_gone * 100, 2)}%。"
        clauses = [_completion(completion, material, unit) for completion in listed]
        paragraphs.append((lead, *join("；", clauses), "。"))
    charts = progress_charts(material, unit) if paragraphs else ()
    return Section("对照全年目标，工作完成进度情况", tuple(paragraphs), charts)


def _completion(completion: Completion, material: Material, unit: Unit) -> Pieces:
    figure = completion.figure
    ranked = place(material, unit, figure.key)
    standing = f"，在全省{ranked[1]}个{_noun(unit)}中居第{ranked[0]}位" if ranked else ""
    return (figure.label, _mention(material, unit, figure), "，", _beside_time(completion), standing)


def _beside_time(completion: Completion) -> str:
    if completion.figure.value >= 1:
        return "已完成全年目标"
    points = say_number(abs(completion.figure.value - completion.time_gone) * 100, 2)
    if points == "0":
        return "与时间进度持平"
    return f"{'慢于' if completion.is_behind else '快于'}时间进度{points}个百分点"


def changes_section(material: Material, unit: Unit) -> Section:
    """The units below this one whose stocks have risen and fallen most, with the figures before and after."""
    paragraphs, charts = [], ()
    for key in CHANGING:
        changes = largest_changes(material, unit, key)
        if not changes:
            continue
        charts += change_charts(changes, material)
        paragraphs.append(_changes(changes, material, unit))
    noun = _noun(changes_unit) if (changes_unit := _first_part(material, unit)) else ""
    return Section(f"各{noun}变化情况", tuple(paragraphs), charts)


def _changes(changes: Sequence[Change], material: Material, unit: Unit) -> Pieces:
    first = changes[0]
    lead = f"{first.figure.label}较{say_before(material.period, first.earlier.period)}"
    rises = [change for change in changes if change.difference > 0]
    falls = [change for change in changes if change.difference < 0]
    clauses = [
        _largest(of_kind, word, material) for of_kind, word in ((rises, "增加"), (falls, "减少")) if of_kind
    ]
    return (lead, *join("；", clauses), "。")


def _largest(changes: Sequence[Change], word: str, material: Material) -> Pieces:
    """``增加最多的5个县（区）是：…``; of a single one, without a superlative."""
    noun = _noun(changes[0].unit)
    lead = f"{word}最多的{len(changes)}个{noun}是：" if len(changes) > 1 else f"{word}的{noun}是："
    return (lead, *join("，", [_change(change, word, material) for change in changes]))


def _change(change: Change, word: str, material: Material) -> Pieces:
    """``增加25户（由618户增至643户）``. Figures rounded to 万 or 亿 need not differ by what is said, so that only the later stands."""
    indicator = load_indicators()[change.figure.key]
    rounded = any(scale in change.earlier.display + change.figure.display for scale in "万亿")
    since = "" if rounded else f"由{change.earlier.display}"
    amount = f"{word}{say_amount(abs(change.difference), indicator)}（{since}{word[0]}至"
    return (change.unit.name, amount, _mention(material, change.unit, change.figure), "）")


def problems_section(material: Material, unit: Unit) -> Section:
    """Units behind the time gone, units below the rate of the whole, reports that are not there."""
    paragraphs = [*_behind(material, unit), *_below(material, unit)]
    lacking = material.lacking(unit)
    if lacking:
        paragraphs.append((_say_missing(lacking, material),))
    return Section("存在问题", tuple(paragraphs))


def _behind(material: Material, unit: Unit) -> Iterator[Pieces]:
    own = [completion for completion in completions(unit, material.of(unit)) if completion.is_behind]
    if own and unit.kind != "province":
        clauses = [(c.figure.label, _mention(material, unit, c.figure)) for c in own]
        yield ("完成进度慢于时间进度的有：", *join("、", clauses), "。")
    for key in filter(is_completion, load_indicators()):
        slow = behind(material, material.counties(unit), key)
        if slow:
            label = slow[0].figure.label
            gone = say_number(slow[0].time_gone * 100, 2)
            lead = f"{label}低于时间进度（{gone}%）的有{len(slow)}个{_noun(slow[0].unit)}，{_lowest(len(slow))}："
            yield (lead, *join("、", [_of(material, c.unit, c.figure) for c in slow[:MOST]]), "。")


def _below(material: Material, unit: Unit) -> Iterator[Pieces]:
    for key in COMPARED_RATES:
        low = lower_than(material, unit, material.counties(unit), key)
        if low:
            own = material.of(unit)[key]
            lead = (
                own.label,
                "低于",
                f"全{unit.name[-1]}总体水平（",
                _mention(material, unit, own),
                "）的有",
            )
            count = f"{len(low)}个{_noun(low[0][0])}，{_lowest(len(low))}："
            yield (
                *lead,
                count,
                *join("、", [_of(material, part, figure) for part, figure in low[:MOST]]),
                "。",
            )


def _lowest(count: int) -> str:
    return f"最低的{MOST}个是" if count > MOST else "依次是" if count > 1 else "是"


def _of(material: Material, unit: Unit, figure: Figure) -> Pieces:
    return (unit.name, "（", _mention(material, unit, figure), "）")


def _say_missing(lacking: Sequence[Missing], material: Material) -> str:
    """Who owes what: ``蓝田县全部11张表（逾期未报）、周至县务工就业（已报未通过）``."""
    by_unit: dict[str, list[Missing]] = {}
    for missing in lacking:
        by_unit.setdefault(missing.unit_code, []).append(missing)
    listed = [_owing(code, owed, material) for code, owed in list(by_unit.items())[:_NAMED]]
    more = f"等{len(by_unit)}个单位" if len(by_unit) > _NAMED else ""
    return f"报表未报或未通过审核的有{len(by_unit)}个单位：{'、'.join(listed)}{more}。"


def _owing(unit_code: str, owed: Sequence[Missing], material: Material) -> str:
    unit = material.units.by_code(unit_code)
    expected = (
        sum(coverage.expected for coverage in material.coverage.get(unit_code, ()))
        if unit and unit.kind == "county"
        else 0
    )
    states = []
    for state, alike in groupby(
        sorted(owed, key=lambda missing: missing.status_zh), key=lambda missing: missing.status_zh
    ):
        listed = list(alike)
        sheets = (
            f"全部{expected}张表"
            if len(listed) == expected
            else "、".join(dict.fromkeys(missing.sheet for missing in listed))
        )
        states.append(f"{sheets}（{state}）")
    return f"{unit.name if unit else unit_code}{'、'.join(states)}"


def say_partial(material: Material, unit: Unit) -> str:
    """That figures are not whole, and how they are marked; '' where all reports are in force."""
    coverage = material.coverage.get(unit.code, ())
    expected, accepted = sum(c.expected for c in coverage), sum(c.accepted for c in coverage)
    if accepted >= expected:
        return ""
    counted = f"本期应报报表{expected}份，已接收{accepted}份，尚缺{expected - accepted}份（见“存在问题”）。"
    labels = [figure.label for figure in material.of(unit).values() if material.partial(unit, figure)]
    if not labels:
        return counted
    listed = "、".join(labels[:_LABELLED]) + (f"等{len(labels)}项指标" if len(labels) > _LABELLED else "")
    return (
        f"{counted}因缺报，{listed}为部分汇总数，不是全{unit.name[-1]}合计数，附表中以“{PARTIAL_MARK}”标注。"
    )


def say_without_comparison(material: Material, unit: Unit) -> str:
    """What no figure of the bulletin can be compared with, said once."""
    figures = material.of(unit).values()
    before = say_before(material.period, previous(material.period).key)
    lacking = [] if any(figure.previous for figure in figures) else [before]
    # Of a year, the period before is the same period last year.
    if material.period.cadence != "year" and not any(figure.year_before for figure in figures):
        lacking.append("去年同期")
    return f"没有{'和'.join(lacking)}的统计数据，未作相应比较。" if lacking else ""


def _mention(material: Material, unit: Unit, figure: Figure) -> Mention:
    return mention(figure, unit.code, is_partial=material.partial(unit, figure) is not None)


def _first_part(material: Material, unit: Unit) -> Unit | None:
    return next(iter(material.counties(unit)), None)


def _noun(unit: Unit) -> str:
    return {"city": "市", "county": "县（区）"}.get(unit.kind, "单位")
