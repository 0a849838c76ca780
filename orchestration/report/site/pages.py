"""A page: its data as one JSON text, put into the template with the scripts and the look.

Belongs here: which data a unit's page carries, and what of it is left out to keep a page small. Does not belong here: reading
(``material``), files (``write``), and how it looks (``site.html.j2``, ``style.css``, the scripts).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from orchestration.layout import CADENCE_NAMES
from orchestration.periods import Period, minute_of, previous
from orchestration.report.bulletin.tables import PART_COLUMNS
from orchestration.report.page import ECHARTS, render
from orchestration.report.site.due import PROVINCE_PAGE
from orchestration.report.site.links import Links
from orchestration.report.site.material import Material, Unit
from orchestration.report.trace.senders import utc

# A page stays as small as this. Values of other units are what makes it large: of them the latest periods are carried, as many
# as fit beside all that the page says of its own unit.
PAGE_BYTES = 2_000_000
_CARDS = 8
_MARGIN = 20_000  # names, and the lists of compared units
_FOLDER = Path(__file__).parent
_SCRIPTS = (
    "decimal.js",
    "page.js",
    "table.js",
    "sources.js",
    "figures.js",
    "charts.js",
    "comparison.js",
    "reporting.js",
    "main.js",
)


def page_name(unit: Unit) -> str:
    return PROVINCE_PAGE if unit.kind == "province" else f"{unit.code}.html"


def pages(material: Material, links: Links) -> Iterator[tuple[str, str]]:
    """The name and text of every page: the province's, each city's and each county's. The same material gives the same text."""
    shared = _shared(material, links)
    frame = _frame()
    beside = sum(map(len, map(str.encode, frame))) + _size(shared)
    for unit in material.units:
        head, middle, tail = frame
        title = escape(f"{unit.name}乡村振兴统计")
        own = _own(material, unit, links)
        data = _object(shared | own | _compared(material, unit, PAGE_BYTES - beside - _size(own)))
        yield page_name(unit), f"{head}{title}{middle}{_inside_a_script(data)}{tail}"


def _size(members: Mapping[str, str]) -> int:
    return sum(len(text.encode()) for text in members.values())


def _shared(material: Material, links: Links) -> dict[str, str]:
    """What every page carries alike, as JSON by name."""
    publication = {
        "number": material.publication,
        "putsBack": material.puts_back,
        "publishedAt": minute_of(utc(material.published_at)),
        "knownUntil": minute_of(utc(material.known_until)),
    }
    units = [[unit.code, unit.name, unit.kind, unit.parent, page_name(unit)] for unit in material.units]
    periods = [
        [
            period.key,
            period.cadence,
            _say(period),
            period.end.isoformat(),
            previous(period).key,
            year_before(period),
        ]
        for period in material.periods
    ]
    return {
        "publication": _json(publication),
        "units": _json(units),
        "periods": _json(periods),
        "cadences": _json(CADENCE_NAMES),
        "sections": material.sections,
        "indicators": material.dictionary,
        "sheets": material.sheets,
        "bureau": _object(material.reporting.standings.get(material.province.code, {})),
        "notices": _json(links.notices),
    }


def _own(material: Material, unit: Unit, links: Links) -> dict[str, str]:
    """What a unit's page carries of its own, as JSON by name."""
    figures = material.figures.get(unit.code, {})
    reporting = {name: _object(found) for name, found in material.reporting.of(unit.code).items()}
    senders = [unit.code] if unit.kind == "province" else [unit.code, material.province.code]
    return {
        "unit": _json([unit.code, unit.name, unit.kind, unit.kind_zh, unit.parent]),
        "cards": _json([key for key, _ in PART_COLUMNS][:_CARDS]),
        "figures": _object(figures),
        "reporting": _object(reporting),
        "sources": material.sources.of(senders),
        "links": _json(links.of(unit.code)),
    }


def _compared(material: Material, unit: Unit, room: int) -> dict[str, str]:
    """The groups of units that a page compares, each with its units and their values by period, and the periods carried: those
    whose values fit into the room (bytes), but always the latest."""
    groups = _groups(material, unit)
    carried: list[str] = []
    for period in _latest_first(material.periods):
        room -= sum(len(values.get(period.key, "").encode()) for _, _, values in groups)
        if carried and room < _MARGIN:
            break
        carried.append(period.key)
    texts = [
        _object(
            {
                "name": _json(name),
                "units": _json(units),
                "values": _object({key: values[key] for key in carried if key in values}),
            }
        )
        for name, units, values in groups
    ]
    return {"compared": f"[{','.join(texts)}]", "carried": _json(carried)}


def _groups(material: Material, unit: Unit) -> list[tuple[str, list[str], Mapping[str, str]]]:
    """Of the province its cities and all its counties; of a city its counties, and the cities it is one of; of a county the
    counties of its city."""
    if unit.kind == "province":
        return [
            ("各市", material.members(unit), material.compared.get(unit.code, {})),
            ("全省各县(区)", material.all_counties(), material.counties),
        ]
    above = next((each for each in material.units if each.code == unit.parent), material.province)
    siblings = ("各市" if unit.kind == "city" else f"{above.name}各县(区)", material.members(above))
    beside = (*siblings, material.compared.get(above.code, {}))
    if unit.kind == "county":
        return [beside]
    return [(f"{unit.name}各县(区)", material.members(unit), material.compared.get(unit.code, {})), beside]


def _latest_first(periods: tuple[Period, ...]) -> list[Period]:
    """The latest of each cadence, then all others, each from the latest back."""
    back = list(reversed(periods))
    latest = {period.cadence: period for period in periods}
    first = [period for period in back if latest[period.cadence] is period]
    return [*first, *(period for period in back if period not in first)]


def year_before(period: Period) -> str:
    """The period of the same name a year before."""
    return f"{int(period.key[:4]) - 1}{period.key[4:]}"


def _say(period: Period) -> str:
    """``2021年8月``, ``2021年第35周``, ``2021年第3季度``, ``2021年下半年``, ``2021年``."""
    year, _, rest = period.key.partition("-")
    said = {
        "month": f"{rest.lstrip('0')}月",
        "week": f"第{rest[1:].lstrip('0')}周",
        "quarter": f"第{rest[1:]}季度",
        "half_year": "上半年" if rest == "H1" else "下半年",
        "year": "",
    }
    return f"{year}年{said[period.cadence]}"


@cache
def _frame() -> tuple[str, str, str]:
    """The page before its title, between title and data, and after: rendered once, for only these two differ."""
    page = render(
        "site/site.html.j2",
        title="\x00",
        data="\x00",
        style=Markup((_FOLDER / "style.css").read_text(encoding="utf-8")),
        echarts=script(ECHARTS),
        scripts=[script(_FOLDER / name) for name in _SCRIPTS],
    )
    head, middle, tail = page.split("\x00")
    return head, middle, tail


def script(path: Path) -> Markup:
    """A script of this project, to stand inside a page: it must not end its own element."""
    text = path.read_text(encoding="utf-8")
    if "</script" in text.lower():
        raise ValueError(f"{path.name} would end the element it stands in")
    return Markup(text)


def _object(members: Mapping[str, str]) -> str:
    """A JSON object of members that are JSON already."""
    return "{" + ",".join(f"{_json(key)}:{text}" for key, text in members.items()) + "}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _inside_a_script(text: str) -> str:
    """JSON that cannot end the element it stands in, nor open a comment there: outside of strings it has no such sign."""
    return text.replace("<", "\\u003c")
