"""What the bulletin of a unit and period says: the sentences that its figures can carry, what has changed, and its tables.

Belongs here: putting a bulletin together, filling in figures and dates, and leaving out what a unit has no figure for. Does not
belong here: the wording of topics (``sentences``) and of findings (``findings``), reading (``material``) and file formats.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from string import Formatter

from orchestration.periods import Period
from orchestration.report.bulletin.charts import Chart, monitoring_charts
from orchestration.report.bulletin.comparisons import say_change, say_change_of_a_year, say_increment
from orchestration.report.bulletin.figures import Figure, NoFigures
from orchestration.report.bulletin.findings import (
    changes_section,
    problems_section,
    progress_section,
    say_partial,
    say_without_comparison,
)
from orchestration.report.bulletin.material import Material
from orchestration.report.bulletin.pieces import Bulletin, Mention, Pieces, Section, join, mention
from orchestration.report.bulletin.saying import (
    say_before,
    say_day,
    say_period,
    say_short,
    say_span,
    say_until,
)
from orchestration.report.bulletin.sentences import CADENCES, FLOWS, TOPICS, Either, Sentence, Topic
from orchestration.report.bulletin.tables import annex, by_part, notes
from orchestration.units import Unit

ASSISTING_PROVINCES = {"61": "江苏省"}  # east-west collaboration pairs, as the State Council set them
_ORDINALS = "一二三四五六七八九十"
_CHARTS = {"monitoring": monitoring_charts}
_CURRENT = {"month": "当月", "quarter": "当季"}


def compose(material: Material, unit: Unit) -> Bulletin:
    """The province's bureau on a unit (or on itself) in a period. A figure of nought is in the annex, not the text.

    Raises NoFigures where the material has none of the unit."""
    figures = material.of(unit)
    if not figures:
        raise NoFigures(f"已发布的数据仓库中没有 {unit.name} 在 {material.period.key} 的通报指标")
    words = CADENCES[material.period.cadence]
    until = max((figure.as_of for figure in figures.values() if figure.as_of), default=material.period.end)
    sections = _sections(material, unit)
    named = {"unit": unit.name, "period": say_period(material.period), "days": _days(material.period)}
    table = by_part(material, unit)
    return Bulletin(
        title=words.title.format(**named),
        dateline=words.dateline.format(**named),
        opening=_opening(words.opening.format(**named), material, unit),
        sections=_numbered([section for section in sections if section.paragraphs]),
        closing=(
            f"本{words.noun}所用数据截至{say_day(until)}，由各报送单位填报的统计工作簿汇总并经审核后生成；"
            "各项指标的统计截止日期见附表。" + say_without_comparison(material, unit),
        ),
        issuer=f"{material.units.province.name}乡村振兴局",
        tables=(*((table,) if table else ()), annex(material, unit)),
        notes=notes(material, unit),
    )


def _sections(material: Material, unit: Unit) -> list[Section]:
    """Of a week or month the topics come first; of a longer period how far the year's targets are reached and what is wrong."""
    topics = [_topic(topic, material, unit) for topic in TOPICS]
    progress, problems = progress_section(material, unit), problems_section(material, unit)
    changes = changes_section(material, unit)
    if material.period.cadence in ("week", "month"):
        return [*topics, progress, changes, problems]
    return [progress, problems, *topics, changes]


def figure_keys() -> Iterator[str]:
    """Every figure key that some sentence names."""
    for topic in TOPICS:
        for sentence in topic.sentences:
            yield from _keys(sentence)


def _numbered(sections: list[Section]) -> tuple[Section, ...]:
    return tuple(
        Section(f"{ordinal}、{section.heading}", section.paragraphs, section.charts)
        for ordinal, section in zip(_ORDINALS, sections, strict=False)
    )


def _days(period: Period) -> str:
    first, last = period.start, period.end
    year = "" if first.year == last.year else f"{last.year}年"
    return f"{first.year}年{first.month}月{first.day}日至{year}{last.month}月{last.day}日"


def _opening(first: str, material: Material, unit: Unit) -> tuple[Pieces, ...]:
    partial = say_partial(material, unit)
    return ((first + _say_source(material, unit),), *(((partial,),) if partial else ()))


def _say_source(material: Material, unit: Unit) -> str:
    """``三季度数据截至8月底。`` where the last month of the span is not the one that figures are taken from, and how many months
    were summed where not all were."""
    period = material.period
    if period.cadence in ("week", "month"):
        return ""
    figures = material.of(unit).values()
    last = max((figure.source_period for figure in figures if figure.kind != "flow"), default="")
    summed = max((figure.source_periods for figure in figures if figure.kind == "flow"), default=0)
    said = ""
    if last and last < f"{period.end:%Y-%m}":
        said = f"{say_short(period)}数据截至{int(last[5:])}月底。"
    if summed and summed < period.end.month - period.start.month + 1:
        said += f"本期发生数为{summed}个月报表的合计。"
    return said


def _topic(topic: Topic, material: Material, unit: Unit) -> Section:
    figures = material.of(unit)
    said = {
        key: mention(figure, unit.code, is_partial=material.partial(unit, figure) is not None)
        for key, figure in figures.items()
        if figure.value
    }
    sentences = [_sentence(sentence, said, figures, unit, material.period) for sentence in topic.sentences]
    text = tuple(piece for sentence in sentences if sentence for piece in (*sentence, "。"))
    if not text:
        return Section(topic.heading, ())
    lacking = _say_lacking(text, material, unit)
    compared = _compared(topic, figures, material.period)
    charts: tuple[Chart, ...] = _CHARTS[topic.charts](material, unit) if topic.charts else ()
    return Section(
        topic.heading,
        ((*text, *((lacking,) if lacking else ())), *(((compared,),) if compared else ())),
        charts,
    )


def _say_lacking(text: Pieces, material: Material, unit: Unit) -> str:
    """Whose reports are not in the figures of a paragraph; '' where all are."""
    keys = {piece.key for piece in text if isinstance(piece, Mention) and piece.is_partial}
    coverage = [material.partial(unit, material.of(unit)[key]) for key in keys]
    datasets = {found.dataset for found in coverage if found}
    names = dict.fromkeys(
        found.name
        for missing in material.lacking(unit)
        if missing.dataset in datasets and (found := material.units.by_code(missing.unit_code))
    )
    if not names:
        return ""
    listed = "、".join(list(names)[:5])
    more = f"等{len(names)}个单位" if len(names) > 5 else ""
    return f"（本段数据尚缺{listed}{more}的报表，为部分汇总数。）"


def _compared(topic: Topic, figures: Mapping[str, Figure], period: Period) -> str:
    """What the topic's figures have changed by: stocks and flows since the period before, year-to-date ones within the period,
    all since the same period last year."""
    named = [(words, figures[key]) for key, words in topic.compared if key in figures]
    groups: dict[str, list[tuple[str, str]]] = {}
    for words, figure in named:
        if figure.previous and figure.kind == "ytd" and period.cadence != "year":
            if FLOWS.get(figure.key) in figures:
                continue
            groups.setdefault(_within(figure, period), []).append((words, say_increment(figure, period)))
        elif figure.previous:
            lead = f"与{say_before(period, figure.previous.period)}相比，"
            groups.setdefault(lead, []).append((words, say_change(figure, figure.previous)))
    if period.cadence != "year":  # its period before is the same period last year
        year_ago = [(words, say_change_of_a_year(figure, period)) for words, figure in named]
        groups["与去年同期相比，"] = year_ago
    return "".join(_clauses(lead, changes) for lead, changes in groups.items())


def _within(figure: Figure, period: Period) -> str:
    """``8月当月，`` where a year-to-date figure has grown in the period itself; else since when."""
    earlier = figure.previous.as_of
    if earlier is None or earlier == period.start - timedelta(days=1):
        if figure.as_of in (None, period.end):
            return f"{say_short(period)}{_CURRENT.get(period.cadence, '')}，"
        return f"{say_short(period)}以来（{say_until(figure.as_of, period.end.year)}），"
    return f"与{say_until(earlier, period.end.year)}的累计数相比，"


def _clauses(lead: str, changes: Iterable[tuple[str, str]]) -> str:
    said = [words + change for words, change in changes if change]
    return f"{lead}{'，'.join(said)}。" if said else ""


def _sentence(
    sentence: Sentence, said: Mapping[str, Mention], figures: Mapping[str, Figure], unit: Unit, period: Period
) -> Pieces:
    if unit.kind not in sentence.kinds:
        return ()
    year = period.end.year
    days = {key: covered for key in said if (covered := figures[key].as_of)}
    day = max((days[key] for key in _keys(sentence) if key in days), default=period.end)
    words = {
        "all": f"全{unit.name[-1]}",
        "our": "我省" if unit.kind == "province" else unit.name,
        "partner": ASSISTING_PROVINCES.get(unit.code[:2], "东部协作省份"),
        "year": f"{year}年",
        "until": say_until(day, year),
        "span": say_span(day, year),
        "now": say_short(period),
    }
    dated = "{until}" in sentence.lead or "{span}" in sentence.lead
    return _say(sentence, said, words, days if dated else {}, day)


def _say(
    part: str | Either | Sentence,
    said: Mapping[str, Mention],
    words: Mapping[str, str],
    days: Mapping[str, date],
    day: date,
) -> Pieces:
    """The part in words, or nothing when a figure it needs is not there. ``days``: of the figures, where the sentence is dated."""
    match part:
        case str():
            return _fill(part, said, words, days, day)
        case Either():
            return next(
                filter(None, (_say(wording, said, words, days, day) for wording in part.wordings)), ()
            )
        case Sentence():
            texts = [_say(inner, said, words, days, day) for inner in part.parts]
            if part.headed and not texts[0]:
                return ()
            texts = [text for text in texts if text]
            return (part.lead.format(**words), *join(part.joint, texts)) if texts else ()


def _fill(
    text: str, said: Mapping[str, Mention], words: Mapping[str, str], days: Mapping[str, date], day: date
) -> Pieces:
    keys = _keys_of(text)
    if not all(key in said for key in keys):
        return ()
    pieces: list[str | Mention] = []
    for literal, name, _, _ in Formatter().parse(text):
        pieces += [literal, *((words[name] if name in _WORDS else said[name],) if name else ())]
    others = [days[key] for key in keys if key in days and days[key] != day]
    if others:
        pieces.append(f"（{say_until(min(others), day.year)}）")
    return tuple(piece for piece in pieces if piece)


def _keys(part: str | Either | Sentence) -> Iterator[str]:
    match part:
        case str():
            yield from _keys_of(part)
        case Either():
            for wording in part.wordings:
                yield from _keys(wording)
        case Sentence():
            for inner in part.parts:
                yield from _keys(inner)


_WORDS = frozenset(("all", "our", "partner", "year", "until", "span", "now"))


def _keys_of(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name and name not in _WORDS]
