"""What the bulletin of a unit and period says: the sentences that its figures can carry, and the annex.

Belongs here: filling in figures and dates, and leaving out what a unit has no figure for. Does not belong here:
the wording (``sentences``), reading figures (``figures``) and file formats (``bulletin``, ``docx``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from string import Formatter

from orchestration.periods import Period
from orchestration.report.bulletin.figures import Figure, say_day, say_period, say_span, say_until
from orchestration.report.bulletin.sentences import SECTIONS, Either, Section, Sentence
from orchestration.units import Unit

ASSISTING_PROVINCES = {"61": "江苏省"}  # east-west collaboration pairs, as the State Council set them
ANNEX_HEADER = ("序号", "指标", "印发数", "统计值", "单位", "统计截止", "指标键")


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A bulletin in words, before any file format. ``sections`` are (heading, text); ``annex`` has one row
    per figure under ``ANNEX_HEADER``."""

    title: str
    dateline: str
    opening: str
    sections: tuple[tuple[str, str], ...]
    annex: tuple[tuple[str, ...], ...]
    closing: str
    issuer: str


def compose(found: list[Figure], unit: Unit, period: Period, province: Unit) -> Bulletin:
    """The province's bureau on a unit (or on itself) in a period, from its figures. A figure of nought is in the annex, not the text."""
    said = {figure.key: figure for figure in found if figure.value}
    paragraphs = [(section.heading, _paragraph(section, said, unit, period)) for section in SECTIONS]
    numbered = [(heading, text) for heading, text in paragraphs if text]
    until = max((figure.as_of for figure in found if figure.as_of), default=period.end)
    return Bulletin(
        title=f"{unit.name}巩固拓展脱贫攻坚成果同乡村振兴有效衔接工作情况通报",
        dateline=f"（{say_period(period)}）",
        opening=f"现将{say_period(period)}巩固拓展脱贫攻坚成果同乡村振兴有效衔接有关工作情况通报如下。",
        sections=tuple(
            (f"{_ordinal(n)}、{heading}", text) for n, (heading, text) in enumerate(numbered, start=1)
        ),
        annex=tuple(_annex_row(n, figure) for n, figure in enumerate(found, start=1)),
        closing=(
            f"本通报数据统计截至{say_day(until)}，由各报送单位填报的统计工作簿汇总并经审核后生成；"
            "各项指标的统计截止日期见附表。"
        ),
        issuer=f"{province.name}乡村振兴局",
    )


def figure_keys() -> Iterator[str]:
    """Every figure key that some sentence names."""
    for section in SECTIONS:
        for sentence in section.sentences:
            yield from _keys(sentence)


def _paragraph(section: Section, said: dict[str, Figure], unit: Unit, period: Period) -> str:
    sentences = (_sentence(sentence, said, unit, period) for sentence in section.sentences)
    return "".join(f"{text}。" for text in sentences if text)


def _sentence(sentence: Sentence, said: dict[str, Figure], unit: Unit, period: Period) -> str:
    if unit.kind not in sentence.kinds:
        return ""
    year = period.end.year
    days = [said[key].as_of or period.end for key in _keys(sentence) if key in said]
    day = max(days, default=period.end)
    words = {
        "all": f"全{unit.name[-1]}",
        "our": "我省" if unit.kind == "province" else unit.name,
        "partner": ASSISTING_PROVINCES.get(unit.code[:2], "东部协作省份"),
        "year": f"{year}年",
        "until": say_until(day, year),
        "span": say_span(day, year),
    }
    dated = "{until}" in sentence.lead or "{span}" in sentence.lead
    return _say(sentence, said, words, day if dated else None)


def _say(
    part: str | Either | Sentence, said: dict[str, Figure], words: dict[str, str], day: date | None
) -> str:
    """The part in words, or '' when a figure it needs is not there."""
    match part:
        case str():
            named = _keys_of(part, words)
            if not all(key in said for key in named):
                return ""
            text = part.format(**words, **{key: said[key].display for key in named})
            return text + _own_date([said[key] for key in named], day)
        case Either():
            return next(filter(None, (_say(wording, said, words, day) for wording in part.wordings)), "")
        case Sentence():
            texts = [_say(inner, said, words, day) for inner in part.parts]
            if part.headed and not texts[0]:
                return ""
            texts = [text for text in texts if text]
            return part.lead.format(**words) + part.joint.join(texts) if texts else ""


def _own_date(named: list[Figure], day: date | None) -> str:
    others = [figure.as_of for figure in named if day and figure.as_of and figure.as_of != day]
    return f"（{say_until(min(others), day.year)}）" if day and others else ""


def _keys(part: str | Either | Sentence) -> Iterator[str]:
    match part:
        case str():
            yield from _keys_of(part, _WORDS)
        case Either():
            for wording in part.wordings:
                yield from _keys(wording)
        case Sentence():
            for inner in part.parts:
                yield from _keys(inner)


_WORDS = dict.fromkeys(("all", "our", "partner", "year", "until", "span"), "")


def _keys_of(text: str, words: dict[str, str]) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name and name not in words]


def _annex_row(number: int, figure: Figure) -> tuple[str, ...]:
    return (
        str(number),
        figure.label,
        figure.display if figure.value is not None else "—",
        _plain(figure.value),
        "比率" if figure.unit == "1" else figure.unit,
        figure.as_of.isoformat() if figure.as_of else "—",
        figure.key,
    )


def _plain(value: Decimal | None) -> str:
    """All digits, without trailing zeros or an exponent."""
    if value is None:
        return "—"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _ordinal(number: int) -> str:
    return "一二三四五六七八九十"[number - 1]
