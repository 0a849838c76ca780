"""Who makes which mistakes: kinds over counties, so that many counties carry some and some stay clean.

Belongs here: the allotment, decided before anything is written. Does not belong here: what a kind does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from sample.mistakes.kind import FILE, WHOLE, Kind

# Of the counties, so many in a hundred carry mistakes.
_MISTAKEN = 56
# So often each kind of a sheet is allotted, to different counties, where there is room.
_TIMES = 2


@dataclass(frozen=True, slots=True)
class Allotment:
    """One county's mistakes, as keys of kinds. ``inside`` go into its workbook together; each of ``beside`` makes
    another, useless file of the same county beside the workbook."""

    inside: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


def spread(formats: Mapping[str, str], kinds: Sequence[Kind], rng: Random) -> dict[str, Allotment]:
    """The mistakes of each county that makes any. ``formats``: each county's file format.

    What spoils a whole workbook gets a county of its own; where counties are few, what nobody can read lies
    beside a county's workbook instead. Two kinds never touch the same dataset of one county. A kind that finds
    no room is left out.
    """
    counties = _mistaken(sorted(formats), rng)
    whole = [kind for kind in kinds if kind.scope in (WHOLE, FILE)]
    parts = [kind for kind in kinds if kind.scope not in (WHOLE, FILE)]
    inside: dict[str, list[Kind]] = {county: [] for county in counties}
    beside: dict[str, list[Kind]] = {county: [] for county in counties}
    if len(counties) > 2 * len(whole):
        for county, kind in zip(counties, whole, strict=False):
            inside[county].append(kind)
        _allot_parts({county: inside[county] for county in counties[len(whole) :]}, parts, formats)
        return _allotments(inside, beside)
    alone = [kind for kind in whole if not kind.refused]
    if len(counties) > 2 * len(alone) or not parts:
        for county, kind in zip(counties, alone, strict=False):
            inside[county].append(kind)
    _allot_parts({county: made for county, made in inside.items() if not made}, parts, formats)
    for number, kind in enumerate(kind for kind in whole if kind.refused):
        beside[counties[number % len(counties)]].append(kind)
    return _allotments(inside, beside)


def _mistaken(counties: Sequence[str], rng: Random) -> list[str]:
    """The counties that make mistakes, in random order: at least one, and not all where there are several."""
    count = max(1, min(len(counties) * _MISTAKEN // 100 + 1, len(counties) - 1))
    return rng.sample(counties, count)


def _allot_parts(inside: dict[str, list[Kind]], kinds: Sequence[Kind], formats: Mapping[str, str]) -> None:
    """Each kind to the county with the fewest that has room for it, all kinds once before any comes again."""
    for _ in range(_TIMES):
        for kind in kinds:
            fitting = [county for county, made in inside.items() if _has_room(made, kind, formats[county])]
            if fitting:
                inside[min(fitting, key=lambda county: len(inside[county]))].append(kind)


def _has_room(made: Sequence[Kind], kind: Kind, file_format: str) -> bool:
    return file_format in kind.formats and kind.slot not in {other.slot for other in made}


def _allotments(inside: Mapping[str, list[Kind]], beside: Mapping[str, list[Kind]]) -> dict[str, Allotment]:
    return {
        county: Allotment(tuple(k.key for k in inside[county]), tuple(k.key for k in beside[county]))
        for county in inside
        if inside[county] or beside[county]
    }
