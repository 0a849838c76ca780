"""The notice of what a publication restated, in words: first what the units changed, then what it moved up to the province.

Pure. Belongs here: the Chinese text and the tables. Does not belong here: finding (``found``), file formats and files (``write``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from orchestration.layout import CADENCE_NAMES
from orchestration.periods import day_of, parse_period
from orchestration.report.bulletin.pieces import Bulletin, Mention, Pieces, Section, Table
from orchestration.report.bulletin.saying import say_day, say_exact, say_period, say_short
from orchestration.report.restated.found import LEVELS, Restated, Restatement
from orchestration.report.restated.issued import Carrier
from orchestration.report.restated.sent import Edited, Sent
from orchestration.units import ReportingUnits

TITLE = "关于更正部分已公布统计数据的公告"
WITHDRAWN, NOT_PUBLISHED = "撤下", "（此前已撤下）"
_LEVEL_NAMES = {"province": "全省", "city": "各市", "county": "各县（区）"}
_ORDINALS = "一二三四五"
_FOLLOWED = 5  # figures of a cause that are followed up the tree in the text; the tables have all
_PLACES = 8  # cells of a cause that are named
_SENDERS = 10  # units named in the opening
_EDITIONS = 4  # editions named of one bulletin
_WAN = Decimal(10**4)


@dataclass(frozen=True, slots=True)
class Corrected(Mention):
    """A figure as it is now, with the period it is of."""

    reporting_period: str = ""

    @property
    def place(self) -> tuple[str, str, str]:
        return self.unit_code, self.reporting_period, self.key

    @property
    def command(self) -> str:
        """What shows where the figure comes from."""
        return f"zhenxing trace {self.key} --period {self.reporting_period} --unit {self.unit_code}"


def number_of(restatement: Restatement) -> str:
    """``更正公告〔2021〕第3号``: notices have the numbers of their publications."""
    day = day_of(restatement.publication.published_at)
    return f"更正公告〔{day.year}〕第{restatement.publication.number}号"


def compose(restatement: Restatement, units: ReportingUnits) -> Bulletin:
    """The notice as a document. ``restatement`` has at least one figure."""
    day = say_day(day_of(restatement.publication.published_at))
    sections = [
        ("更正原因", [*_causes(restatement), *_unsent(restatement)]),
        ("更正内容", [*_contents(restatement)]),
        ("印发数不变的数据", [*_unchanged(restatement)]),
    ]
    return Bulletin(
        title=TITLE,
        dateline=f"{number_of(restatement)}  {day}",
        opening=((_opening(restatement),),),
        sections=tuple(
            Section(f"{ordinal}、{heading}", tuple(paragraphs))
            for ordinal, (heading, paragraphs) in zip(
                _ORDINALS, [section for section in sections if section[1]], strict=False
            )
        ),
        closing=("以上数据自本公告发布之日起以更正后的为准；引用原数据的，请一并更正。",),
        issuer=f"{units.province.name}乡村振兴局",
        tables=tuple(_tables(restatement, units)),
        notes=(
            (
                "差额为精确值之差；各报告期的同一变动合为一行。每个数字的来历可查：zhenxing trace 指标键 --period 报告期 --unit 单位代码。"
                "“载于”为本公告之前印发、载有原数的通报。",
            ),
        ),
    )


def _opening(restatement: Restatement) -> str:
    figures = restatement.figures
    senders = list(dict.fromkeys(sent.unit_name for sent in restatement.sent))
    more = f"等{len(senders)}个单位" if len(senders) > _SENDERS else ""
    because = f"根据{'、'.join(senders[:_SENDERS])}{more}{_reasons(restatement)}的报表，" if senders else ""
    unsent = "因指标算法、审核规则或审定变动，" if restatement.unsent else ""
    day = say_day(day_of(restatement.publication.published_at))
    changed = [figure for figure in figures if not figure.is_printed_alike]
    alike = len(figures) - len(changed)
    told = f"，另有{alike}个数据只有精确值变动、印发数不变" if alike and changed else ""
    what = (
        f"更正已公布的数据{len(changed)}个{told}"
        if changed
        else f"已公布的{alike}个数据精确值有变动，印发数均不变"
    )
    return f"{because}{'并' if because and unsent else ''}{unsent}{day}第{restatement.publication.number}次发布{what}。现公告如下。"


def _reasons(restatement: Restatement) -> str:
    said = {sent.reason for sent in restatement.sent} - {""}
    return said.pop() if len(said) == 1 else "更正和补报"


def _causes(restatement: Restatement) -> Iterator[Pieces]:
    """Of each submission: who sent it, what was changed in it, and its main figures from the county up to the province."""
    for number, sent in enumerate(restatement.sent, start=1):
        period = say_period(parse_period(sent.reporting_period))
        version = f"第{sent.version}版" if sent.version else ""
        received = say_day(day_of(sent.received_at))
        reason = sent.reason or "更正或补报"
        yield (
            f"（{number}）{sent.unit_name}{reason}{period}报表{version}（{sent.file_name}，{received}收到）。{_edits(sent.edited)}"
            f"比对见回执{sent.receipt}；该单位再次报送后，回执移入同一目录的{sent.moves_to}。",
        )
        if followed := _followed(sent, restatement.because_of(sent.submission_id)):
            yield followed


def _edits(edited: Edited | None) -> str:
    if edited is None:
        return ""
    against = f"与第{edited.against}版相比" if edited.against else "与前一次报送相比"
    counts = [
        f"{said}{count}{unit}"
        for said, count, unit in (
            ("改动", edited.cells, "个单元格"),
            ("增加", edited.rows_added, "行"),
            ("删除", edited.rows_removed, "行"),
        )
        if count
    ]
    if not counts:
        return ""
    named = [f"{sheet}!{cell}" for sheet, cells in edited.places for cell in cells]
    more = "等" if edited.cells > len(named[:_PLACES]) else ""
    places = f"（{'、'.join(named[:_PLACES])}{more}）" if named else ""
    return f"{against}{'、'.join(counts)}{places}。"


def _followed(sent: Sent, moved: Sequence[Restated]) -> Pieces:
    """``由此更正：脱贫劳动力就业，石泉县由…更正为…，安康市由…更正为…，全省由…更正为…；…``; nothing where all is printed alike."""
    changed = [figure for figure in moved if not figure.is_printed_alike]
    own = [figure for figure in changed if figure.reporting_period == sent.reporting_period]
    by_key: dict[str, list[Restated]] = {}
    for figure in own:
        by_key.setdefault(figure.figure_key, []).append(figure)
    if not by_key:
        return ()
    followed = list(by_key.values())[:_FOLLOWED]
    others = len({figure.figure_key for figure in changed}) - len(followed)
    rolled = _periods(figure for figure in changed if figure not in own)
    pieces: list[str | Mention] = ["由此更正："]
    for number, figures in enumerate(followed):
        pieces += [*("；" if number else ""), *_up_the_tree(figures)]
    more = f"；连同其他{others}项指标" if others > 0 else ""
    also = f"；{rolled}的相应数据一并更正" if rolled else ""
    return (*pieces, f"{more}{also}。全部数据见附表。")


def _up_the_tree(figures: Sequence[Restated]) -> Iterator[str | Mention]:
    """One indicator, from the county up."""
    yield figures[0].label
    for figure in sorted(figures, key=lambda figure: -LEVELS.index(figure.level)):
        said = f"，{_name(figure)}{'由' if figure.before is not None else ''}{_before(figure)}"
        yield f"{said}{'更正为' if figure.after is not None else ''}"
        yield _now(figure)


def _unsent(restatement: Restatement) -> Iterator[Pieces]:
    if figures := restatement.unsent:
        labels = list(dict.fromkeys(figure.label for figure in figures))
        listed = "、".join(labels[:_SENDERS]) + (f"等{len(labels)}项指标" if len(labels) > _SENDERS else "")
        yield (f"{figures[0].reason}，涉及{listed}，共{len(figures)}个数据。",)


def _contents(restatement: Restatement) -> Iterator[Pieces]:
    levels = [(level, restatement.of_level(level)) for level in LEVELS]
    counted = [
        f"{_LEVEL_NAMES[level]}{len(figures)}个（附表{number}）"
        for number, (level, figures) in enumerate([pair for pair in levels if pair[1]], start=1)
    ]
    if not counted:
        return
    changed = [figure for _, figures in levels for figure in figures]
    yield (f"更正后印发数有变的数据：{'，'.join(counted)}；报告期：{_periods(changed)}。",)
    withdrawn = [figure for figure in changed if figure.after is None]
    returned = [figure for figure in changed if figure.before is None]
    if withdrawn:
        yield (f"其中撤下{len(withdrawn)}个：{_listed(withdrawn)}。在重新公布之前，请勿引用。",)
    if returned:
        yield (f"其中此前撤下、现重新公布{len(returned)}个：{_listed(returned)}。",)


def _listed(figures: Sequence[Restated]) -> str:
    said = [f"{_name(line[0])}{_periods(line)}{line[0].label}" for line in lines_of(figures)]
    return "、".join(said[:_SENDERS]) + ("等" if len(said) > _SENDERS else "")


def _unchanged(restatement: Restatement) -> Iterator[Pieces]:
    if alike := restatement.printed_alike:
        yield (f"{len(alike)}个数据的精确值有变动，印发数不变，所载通报不需更正，列于附表备查。",)
    if shifted := restatement.shifted:
        said = "、".join(
            f"{each.unit_name}{say_period(parse_period(each.reporting_period))}{each.label}由{each.printed_before}改为{each.printed_after}"
            for each in shifted[:_SENDERS]
        )
        more = f"等{len(shifted)}个" if len(shifted) > _SENDERS else ""
        yield (f"下列数据精确值不变，只因舍位平衡（分项之和与合计数一致）或印发写法改动：{said}{more}。",)


def _tables(restatement: Restatement, units: ReportingUnits) -> Iterator[Table]:
    for level in LEVELS:
        if figures := restatement.of_level(level):
            rows = tuple(_row(line, units, named=level != "province") for line in lines_of(figures))
            yield _table(f"更正的{_LEVEL_NAMES[level]}数据", rows, named=level != "province")
    if alike := restatement.printed_alike:
        yield Table(
            "印发数不变的数据",
            ("单位", "报告期", "指标", "印发数", "原精确值", "现精确值", "差额", "涉及单位", "指标键"),
            tuple(_alike_row(line) for line in lines_of(alike)),
            (2.0, 2.4, 4.2, 2.2, 2.6, 2.6, 2.2, 2.6, 4.5),
            frozenset((3, 4, 5, 6)),
        )


_HEADER = ("报告期", "指标", "原公布", "更正后", "差额", "原因", "涉及单位", "载于", "指标键")
_WIDTHS = (2.3, 3.8, 2.0, 2.0, 2.0, 1.6, 2.4, 5.2, 4.2)


def _table(title: str, rows: tuple[tuple[Pieces, ...], ...], *, named: bool) -> Table:
    header, widths, numbers = _HEADER, _WIDTHS, {2, 3, 4}
    if named:
        header, widths, numbers = ("单位", *header), (1.9, *widths), {3, 4, 5}
    return Table(title, header, rows, widths, frozenset(numbers))


def lines_of(figures: Iterable[Restated]) -> list[list[Restated]]:
    """The figures line by line: what changed alike in a month and in the quarter, half-year and year made of it is one."""
    lines: dict[tuple, list[Restated]] = {}
    for figure in figures:
        words = (figure.printed_before, figure.printed_after, figure.reason, figure.submissions)
        same = (figure.unit_code, figure.figure_key, figure.before, figure.after, *words)
        lines.setdefault(same, []).append(figure)
    return list(lines.values())


def _row(line: Sequence[Restated], units: ReportingUnits, *, named: bool) -> tuple[Pieces, ...]:
    figure = line[0]
    carriers = sorted({carrier for each in line for carrier in each.carried_by})
    cells: tuple[Pieces, ...] = (
        (_periods(line),),
        (figure.label,),
        (_before(figure),),
        (_now(figure),),
        (_difference(figure),),
        (figure.reason if figure.submissions else "算法、规则或审定",),
        (figure.senders or "—",),
        (say_carriers(carriers, units),),
        (figure.figure_key,),
    )
    return ((figure.unit_name,), *cells) if named else cells


def _alike_row(line: Sequence[Restated]) -> tuple[Pieces, ...]:
    figure = line[0]
    return (
        (figure.unit_name,),
        (_periods(line),),
        (figure.label,),
        (_now(figure),),
        (_exact(figure.before, figure.unit),),
        (_exact(figure.after, figure.unit),),
        (_difference(figure),),
        (figure.senders or "—",),
        (figure.figure_key,),
    )


def _periods(figures: Iterable[Restated]) -> str:
    """``2021年8月、三季度、下半年、全年``: a year is said once."""
    said: list[str] = []
    year = 0
    for period in map(parse_period, dict.fromkeys(figure.reporting_period for figure in figures)):
        alike = period.end.year == year and period.cadence != "week"
        said.append(say_short(period) if alike else say_period(period))
        year = period.end.year
    return "、".join(said)


def _name(figure: Restated) -> str:
    return "全省" if figure.level == "province" else figure.unit_name


def _before(figure: Restated) -> str:
    return NOT_PUBLISHED if figure.printed_before is None else figure.printed_before


def _now(figure: Restated) -> str | Corrected:
    if figure.after is None or figure.printed_after is None:
        return WITHDRAWN
    exact = _exact(figure.after, figure.unit)
    return Corrected(
        figure.printed_after,
        figure.unit_code,
        figure.figure_key,
        exact,
        reporting_period=figure.reporting_period,
    )


def _exact(value: Decimal | None, unit: str) -> str:
    return "无" if value is None else say_exact(value) + ("" if unit == "1" else unit)


def _difference(figure: Restated) -> str:
    """With its sign and all its digits; of a ratio in percentage points."""
    if figure.difference is None:
        return "—"
    sign = "+" if figure.difference > 0 else "−"
    if figure.unit == "1":
        return f"{sign}{say_exact((abs(figure.difference) * 100).normalize())}个百分点"
    return f"{sign}{_in_its_scale(abs(figure.difference), figure.unit)}"


def _in_its_scale(amount: Decimal, unit: str) -> str:
    """Exact, money in 万元 from there on: ``100万元``."""
    if unit == "元" and amount >= _WAN:
        return f"{say_exact(amount / _WAN)}万元"
    return f"{say_exact(amount)}{unit}"


def say_carriers(carriers: Iterable[Carrier], units: ReportingUnits) -> str:
    """``2021年8月月通报：全省、安康市（第1次发布，2021-09-06）``; ``—`` where no bulletin carried it."""
    by_issue: dict[tuple, list[str]] = {}
    for carrier in carriers:
        unit = units.by_code(carrier.edition)
        name = "全省" if unit is units.province else unit.name if unit else carrier.edition
        by_issue.setdefault((carrier.period, carrier.publication, carrier.day), []).append(name)
    return (
        "；".join(
            _say_issue(*issue, editions)
            for issue, editions in sorted(by_issue.items(), key=lambda i: i[0][:2])
        )
        or "—"
    )


def _say_issue(period: str, publication: int, day: date | None, editions: Sequence[str]) -> str:
    parsed = parse_period(period)
    more = f"等{len(editions)}版" if len(editions) > _EDITIONS else "版"
    when = f"，{day.isoformat()}" if day else ""
    listed = "、".join(editions[:_EDITIONS])
    return f"{say_period(parsed)}{CADENCE_NAMES[parsed.cadence].removeprefix('月')}（{listed}{more}，第{publication}次发布{when}）"
