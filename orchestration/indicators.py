"""The indicator dictionary: ``dbt_project/models/marts/dim_indicator.yml``, read without dbt.

Each indicator the warehouse computes stands there once, with its formula, unit and printed precision. A formula that
changed over time has versions; ``Indicator.valid_in`` gives the one of a period.

Belongs here: reading the dictionary and saying where it contradicts itself. Does not belong here: computing a figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from orchestration.cards import load_cards
from orchestration.home import DBT_PROJECT
from orchestration.periods import month_of, parse_period
from orchestration.yaml_file import read_yaml

DICTIONARY = DBT_PROJECT / "models" / "marts" / "dim_indicator.yml"

KINDS = ("stock", "ytd", "flow", "ratio", "target")
BASE_CADENCES = ("week", "month")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_CHANGING = ("measure", "where", "definition", "formula")


class DictionaryError(Exception):
    """The dictionary contradicts itself; each line names the entry."""


@dataclass(frozen=True, slots=True)
class Version:
    """One definition of an indicator and the months it is valid in, both included; None: without that end."""

    measure: str | None
    where: str | None
    definition: str | None
    formula: str
    valid_from: str | None = None
    valid_until: str | None = None

    def covers(self, month: str) -> bool:
        return (self.valid_from or month) <= month <= (self.valid_until or month)


@dataclass(frozen=True, slots=True)
class Indicator:
    """``measure`` and ``where`` are SQL over the dataset's columns, of the last version; ``of`` is (numerator,
    denominator). ``cadences`` are the base cadences it is counted on; ``measures`` the measure words that an article
    may use besides ``measure_word``."""

    key: str
    label: str
    section: str
    owner: str  # the section of the bureau that answers for it
    kind: str  # stock | ytd | flow | ratio | target
    unit: str  # base unit; "1" for a ratio
    scale: str  # what it is printed in: "", 万, 亿, %
    measure_word: str
    decimals: int
    style: str  # number | hanzi | magnitude | over_ten
    stated_by: tuple[str, ...]
    in_bulletin: bool
    cadences: tuple[str, ...]
    versions: tuple[Version, ...]  # oldest first
    formula: str  # in words
    aliases: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    dataset: str | None = None
    measure: str | None = None
    where: str | None = None
    data_through: str | None = None
    of: tuple[str, str] | None = None
    target: str | None = None
    definition: str | None = None
    valid_from: str | None = None
    valid_until: str | None = None

    def valid_in(self, period: str) -> Indicator | None:
        """The indicator as it was defined in a period, or in the last month of one that is rolled up; None in a
        period that it has no definition for."""
        asked = parse_period(period)
        if asked.cadence in BASE_CADENCES and asked.cadence not in self.cadences:
            return None
        version = next((version for version in self.versions if version.covers(month_of(asked))), None)
        return version and _as_defined(self, version)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the bureau's work, and by function who in the bureau answers for its figures."""

    key: str
    title: str
    owner: str


def load_sections(path: Path = DICTIONARY) -> dict[str, Section]:
    """The sections by key, in the dictionary's order."""
    return {key: Section(key, **said) for key, said in _meta(path)["sections"].items()}


@cache
def load_indicators(path: Path = DICTIONARY) -> dict[str, Indicator]:
    """Every indicator by key, in the bulletin's order, as defined last. Raises DictionaryError."""
    meta = _meta(path)
    entries = meta["indicators"]
    _refuse(_problems_of_form(entries, meta["sections"]))
    datasets = {entry["key"]: _datasets(entry, entries) for entry in entries}
    indicators = [_indicator(dict(entry), meta["sections"], datasets[entry["key"]]) for entry in entries]
    _refuse(problem for indicator in indicators for problem in _problems(indicator, datasets))
    return {indicator.key: indicator for indicator in indicators}


def _meta(path: Path) -> dict:
    return read_yaml(path)["models"][0]["config"]["meta"]


def indicators_in(period: str) -> dict[str, Indicator]:
    """The indicators that have a definition in a period, as they were defined in it."""
    return {key: valid for key, i in load_indicators().items() if (valid := i.valid_in(period))}


def _datasets(entry: Mapping, entries: list[dict]) -> tuple[str, ...]:
    """The datasets a figure stands on: a ratio's are those of its two figures."""
    parts = [e for e in entries if e["key"] in entry.get("of", ())] or [entry]
    return tuple(dict.fromkeys(part["dataset"] for part in parts if part.get("dataset") in load_cards()))


def _indicator(entry: dict, sections: Mapping, datasets: tuple[str, ...]) -> Indicator:
    printed, of, versions = entry.pop("print"), entry.pop("of", None), entry.pop("versions", [{}])
    cards = [load_cards()[dataset].cadences for dataset in datasets]
    everywhere = [cadence for cadence in BASE_CADENCES if all(cadence in cadences for cadences in cards)]
    lists = {name: tuple(entry.pop(name, ())) for name in ("stated_by", "aliases", "context", "measures")}
    said = {name: entry.pop(name, None) for name in _CHANGING}
    defined = tuple(
        Version(
            **said | {name: version[name] for name in _CHANGING if name in version},
            valid_from=version.get("from"),
            valid_until=version.get("until"),
        )
        for version in versions
    )
    whole = Indicator(
        owner=sections[entry["section"]]["owner"],
        scale=printed["scale"],
        measure_word=printed["measure"],
        decimals=printed["decimals"],
        style=printed.get("style", "number"),
        in_bulletin=entry.pop("in_bulletin", True),
        cadences=tuple(entry.pop("cadences", everywhere)),
        versions=defined,
        formula=defined[-1].formula,
        of=tuple(of) if of else None,
        **lists,
        **entry,
    )
    return _as_defined(whole, defined[-1])


def _as_defined(indicator: Indicator, version: Version) -> Indicator:
    return replace(indicator, **{field.name: getattr(version, field.name) for field in fields(Version)})


def _refuse(problems: Iterable[str]) -> None:
    if found := list(problems):
        raise DictionaryError("dim_indicator.yml: " + "; ".join(found))


_KEYS = {field.name for field in fields(Indicator)} - {
    *("owner", "scale", "measure_word", "decimals", "style", "valid_from", "valid_until"),
} | {"print"}
_NEEDED = ("label", "section", "kind", "unit", "print", "stated_by", "formula")
_VERSION_KEYS = {"from", "until", *_CHANGING}


def _problems_of_form(entries: list[dict], sections: Mapping[str, Any]) -> Iterator[str]:
    """What keeps an entry from being read at all."""
    seen: set[str] = set()
    for entry in entries:
        key = entry.get("key", "an entry without key")
        if key in seen:
            yield f"{key} stands twice"
        seen.add(key)
        needed = _NEEDED if "of" in entry else (*_NEEDED, "dataset", "measure")
        if missing := [name for name in needed if name not in entry]:
            yield f"{key} has no {', '.join(missing)}"
        if unknown := sorted(set(entry) - _KEYS):
            yield f"{key}: unknown {', '.join(unknown)}"
        for version in entry.get("versions", []):
            if unknown := sorted(set(version) - _VERSION_KEYS):
                yield f"{key}: unknown {', '.join(unknown)} in a version"
        if entry.get("section") not in sections:
            yield f"{key}: no section {entry.get('section')}"


def _problems(indicator: Indicator, datasets: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """What an entry says that cannot be."""
    key = indicator.key
    if indicator.kind not in KINDS:
        yield f"{key}: kind is {indicator.kind}, not one of {', '.join(KINDS)}"
    if (indicator.kind == "ratio") != (indicator.of is not None):
        yield f"{key}: a ratio, and nothing else, is `of` two figures"
    if unknown := [
        name for name in (*(indicator.of or ()), indicator.target) if name and name not in datasets
    ]:
        yield f"{key}: no indicator {', '.join(unknown)}"
    if not indicator.of:
        if indicator.dataset not in load_cards():
            yield f"{key}: no dataset {indicator.dataset}"
        if len({_counts(version.measure) for version in indicator.versions}) > 1:
            yield f"{key}: what counts or adds up in one version does so in every one"
    if wrong := [cadence for cadence in indicator.cadences if cadence not in BASE_CADENCES]:
        yield f"{key}: {', '.join(wrong)} is no base cadence"
    yield from _problems_of_versions(indicator)


def _problems_of_versions(indicator: Indicator) -> Iterator[str]:
    key, versions = indicator.key, indicator.versions
    for month in (end for version in versions for end in (version.valid_from, version.valid_until)):
        if month is not None and not _MONTH.fullmatch(month):
            yield f"{key}: {month} is no month"
    for version in versions:
        if version.valid_from and version.valid_until and version.valid_from > version.valid_until:
            yield f"{key}: a version ends ({version.valid_until}) before it begins ({version.valid_from})"
    for earlier, later in pairwise(versions):
        if earlier.valid_until is None or later.valid_from is None or earlier.valid_until >= later.valid_from:
            yield f"{key}: versions overlap, or are not oldest first"


def _counts(measure: str | None) -> bool:
    """Whether nothing to count is 0, rather than no figure."""
    return (measure or "").startswith(("count", "sum"))
