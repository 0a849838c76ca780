"""The notice of what a publication restated, in words: first what the units changed, then what it moved up to the province.

Pure. Belongs here: the Chinese text. Does not belong here: finding (``found``), ``tables``, file formats and files (``write``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from orchestration.audit.receipts.write import EARLIER
from orchestration.periods import day_of, parse_period
from orchestration.publish.ledger import Entry
from orchestration.report.bulletin.pieces import Bulletin, Mention, Pieces, Section
from orchestration.report.bulletin.saying import say_day, say_period
from orchestration.report.restated.found import LEVELS, Restated, Restatement
from orchestration.report.restated.saying import lines_of, say_before, say_name, say_now, say_periods
from orchestration.report.restated.sent import Edited, Sent
from orchestration.report.restated.tables import LEVEL_NAMES, tables
from orchestration.units import ReportingUnits

TITLE = "关于更正部分已公布统计数据的公告"
_ORDINALS = "一二三四五"
_FOLLOWED = 5  # figures of a cause that are followed up the tree in the text; the tables have all
_PLACES = 8  # cells of a cause that are named
_SENDERS = 10  # units named in the opening


def number_of(publication: Entry) -> str:
    """``更正公告〔2021〕第3号``: notices have the numbers of their publications."""
    return f"更正公告〔{day_of(publication.published_at).year}〕第{publication.number}号"


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
        dateline=f"{number_of(restatement.publication)}  {day}",
        opening=((_opening(restatement),),),
        sections=tuple(
            Section(f"{ordinal}、{heading}", tuple(paragraphs))
            for ordinal, (heading, paragraphs) in zip(
                _ORDINALS, [section for section in sections if section[1]], strict=False
            )
        ),
        closing=("以上数据自本公告发布之日起以更正后的为准；引用原数据的，请一并更正。",),
        issuer=f"{units.province.name}乡村振兴局",
        tables=tuple(tables(restatement, units)),
        notes=(
            (
                "差额为精确值之差；各报告期的同一变动合为一行。每个数字的来历可查：zhenxing trace 指标键 --period 报告期 --unit 单位代码。"
                "“载于”为本公告之前印发、载有原数的通报。"
                f"单位再次报送后，原回执移入同一目录的{EARLIER}/提交编号。",
            ),
        ),
    )


def _opening(restatement: Restatement) -> str:
    figures = restatement.figures
    senders = list(dict.fromkeys(sent.unit_name for sent in restatement.sent))
    more = f"等{len(senders)}个单位" if len(senders) > _SENDERS else ""
    because = f"根据{'、'.join(senders[:_SENDERS])}{more}{_reasons(restatement)}的报表，" if senders else ""
    unsent = f"因{_unsent_cause(restatement)}，" if restatement.unsent else ""
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


def _unsent_cause(restatement: Restatement) -> str:
    publication = restatement.publication
    if publication.puts_back is None:
        return "指标算法、审核规则或审定变动"
    return f"恢复第{publication.puts_back}次发布的数据（{publication.reason}）"


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
            f"比对见回执{sent.receipt}（提交编号{sent.submission_id}）。",
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
    rolled = say_periods(figure for figure in changed if figure not in own)
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
        if figure.after is None:
            change = say_before(figure)
        elif figure.before is None:
            change = "重新公布为"
        else:
            change = f"由{say_before(figure)}更正为"
        yield f"，{say_name(figure)}{change}"
        yield say_now(figure)


def _unsent(restatement: Restatement) -> Iterator[Pieces]:
    if figures := restatement.unsent:
        labels = list(dict.fromkeys(figure.label for figure in figures))
        listed = "、".join(labels[:_SENDERS]) + (f"等{len(labels)}项指标" if len(labels) > _SENDERS else "")
        yield (f"{figures[0].reason}，涉及{listed}，共{len(figures)}个数据。",)


def _contents(restatement: Restatement) -> Iterator[Pieces]:
    levels = [(level, restatement.of_level(level)) for level in LEVELS]
    counted = [
        f"{LEVEL_NAMES[level]}{len(figures)}个（附表{number}）"
        for number, (level, figures) in enumerate([pair for pair in levels if pair[1]], start=1)
    ]
    if not counted:
        return
    changed = [figure for _, figures in levels for figure in figures]
    yield (f"更正后印发数有变的数据：{'，'.join(counted)}；报告期：{say_periods(changed)}。",)
    withdrawn = [figure for figure in changed if figure.after is None]
    returned = [figure for figure in changed if figure.before is None]
    if withdrawn:
        yield (f"其中撤下{len(withdrawn)}个：{_listed(withdrawn)}。在重新公布之前，请勿引用。",)
    if returned:
        yield (f"其中此前撤下、现重新公布{len(returned)}个：{_listed(returned)}。",)


def _listed(figures: Sequence[Restated]) -> str:
    said = [f"{say_name(line[0])}{say_periods(line)}{line[0].label}" for line in lines_of(figures)]
    return "、".join(said[:_SENDERS]) + ("等" if len(said) > _SENDERS else "")


def _unchanged(restatement: Restatement) -> Iterator[Pieces]:
    if alike := restatement.printed_alike:
        number = len([level for level in LEVELS if restatement.of_level(level)]) + 1
        yield (f"{len(alike)}个数据的精确值有变动，印发数不变，所载通报不需更正，列于附表{number}备查。",)
    if shifted := restatement.shifted:
        said = "、".join(
            f"{each.unit_name}{say_period(parse_period(each.reporting_period))}{each.label}由{each.printed_before}改为{each.printed_after}"
            for each in shifted[:_SENDERS]
        )
        more = f"等{len(shifted)}个" if len(shifted) > _SENDERS else ""
        yield (f"下列数据精确值不变，只因舍位平衡（分项之和与合计数一致）或印发写法改动：{said}{more}。",)
