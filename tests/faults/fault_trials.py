"""One trial: a fault strikes a work in a home of its own, readers look, the work is done again, and all is as if undisturbed.

Belongs here: what is expected of every fault alike. Does not belong here: what strikes (``fault_process``, ``fault_room``), and
how many are tried (``__main__``, the tests).
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from fault_contents import Contents, contents, differing, mixed, seen, visible
from fault_process import KILLED, Ending, Strike, import_all, run
from fault_room import bytes_in
from fault_works import PUBLISHED, Work, copied

from orchestration.home import Home
from orchestration.nightly import alone
from orchestration.publish.kept import kept_folder, kept_numbers
from orchestration.publish.manifest import differences
from orchestration.scrub.scrub import scrub


class Broken(AssertionError):
    """A fault left something behind. The words say how to reproduce it; the home is kept."""


@dataclass(slots=True)
class Bench:
    """A work ready to be disturbed: the home before it, what it does to files undisturbed, and what is there then."""

    work: Work
    before: Home
    acts: tuple[str, ...]
    seconds: float
    was: Contents
    shall: Contents
    folder: Path
    wrote: int  # bytes that the home grew by
    tried: Counter[str] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)

    @property
    def where(self) -> Path:
        """A folder of its own, for a disk may be mounted there."""
        return self.folder / "disk"


def prepare(work: Work, finished: Home, folder: Path) -> Bench:
    """Does the work once undisturbed, in a copy of a finished home."""
    before = copied(finished, folder / "before")
    _must(run(work.before, before), work, "prepare")
    was = seen(before, work.parts)
    dry = copied(before, folder / "disk" / "home")
    ending = _must(run(work.run, dry), work, "undisturbed")
    import_all(ending.imported)
    _must(run(_whole, dry), work, "undisturbed")
    return Bench(
        work,
        before,
        ending.acts,
        ending.seconds,
        was,
        _after(work, dry),
        folder,
        bytes_in(dry.root) - bytes_in(before.root),
    )


def kill_at(bench: Bench, act: int) -> None:
    """Killed just before its n-th act."""
    _trial(bench, KILLED, f"act {act}", lambda home: run(bench.work.run, home, strike=Strike(KILLED, act)))


def kill_after(bench: Bench, chance: random.Random, times: int = 1) -> None:
    """Killed at random moments, ``times`` in a row: what is done again is killed again."""
    moments = [chance.uniform(0, bench.seconds) for _ in range(times)]

    def disturbed(home: Home) -> Ending:
        for number, moment in enumerate(moments):
            ending = run(bench.work.run, home, after=moment)
            if number + 1 < times:
                _count(bench, KILLED, f"after {moment:.3f} s", ending)
                _look(bench, home, f"after {moment:.3f} s")
        return ending

    _trial(bench, KILLED, f"after {', '.join(f'{moment:.3f}' for moment in moments)} s", disturbed)


def fail_from(bench: Bench, act: int, kind: str) -> None:
    """The n-th act and all after it fail as on a full disk, or one that became read-only."""
    _trial(bench, kind, f"act {act}", lambda home: run(bench.work.run, home, strike=Strike(kind, act)))


def disturbed_by(bench: Bench, kind: str, how: str, disturb: Callable[[Home], Ending]) -> Ending:
    """Any other fault."""
    return _trial(bench, kind, how, disturb)


def _trial(bench: Bench, kind: str, how: str, disturb: Callable[[Home], Ending]) -> Ending:
    home = copied(bench.before, bench.where / "home")
    ending = disturb(home)
    _count(bench, kind, how, ending)
    _look(bench, home, f"{kind} {how}")
    again = run(lambda home: _whole(home, bench.work.run(home)), home)
    if not again.done:
        _broken(bench, f"{kind} {how}: done again, it ended with {again.words or again.signal}")
    if left := differing(_after(bench.work, home), bench.shall):
        _broken(bench, f"{kind} {how}: not as undisturbed: {left[:5]}")
    return ending


def _after(work: Work, home: Home) -> Contents:
    found = contents(home, work.parts)
    return found if work.sweeps else visible(found)


def _count(bench: Bench, kind: str, how: str, ending: Ending) -> None:
    bench.tried[kind] += 1
    bench.endings[f"{kind}: {_told(bench, kind, how, ending)}"] += 1


def _told(bench: Bench, kind: str, how: str, ending: Ending) -> str:
    """How the disturbed work ended, for the table. An error of a fault that is to be expected is told in Chinese, not as a
    traceback."""
    if ending.signal is not None:
        return f"signal {ending.signal}"
    if ending.error is None:
        return "done"
    if kind != KILLED and not ending.said:
        _broken(bench, f"{kind} {how}: not said in words: {ending.words}")
    return "said" if ending.said else ending.error


def _look(bench: Bench, home: Home, how: str) -> None:
    """What readers find meanwhile: each thing as it was or as it shall be, and what is kept whole."""
    if strange := mixed(seen(home, bench.work.parts), bench.was, bench.shall):
        _broken(bench, f"{how}: readers found a mixture: {strange[:5]}")
    if PUBLISHED in bench.work.parts:
        for number in kept_numbers(home):
            if wrong := differences(kept_folder(home, number)):
                _broken(bench, f"{how}: kept publication {number}: {wrong[:3]}")


def _whole(home: Home, done: object = None) -> object:
    """Everything that is vouched for is what was vouched for, the publication with its manifest. Returns what was done."""
    with alone(home):
        scrubbed = scrub(home)
    if not scrubbed.whole:
        raise Broken("; ".join(damage.line_zh for damage in scrubbed.damages))
    if home.warehouse.exists() and (wrong := differences(home.published)):
        raise Broken("; ".join(wrong))
    return done


def _must(ending: Ending, work: Work, what: str) -> Ending:
    if not ending.done:
        raise Broken(f"{work.name}, {what}: {ending.words or ending.signal}")
    return ending


def _broken(bench: Bench, words: str) -> None:
    broken = len(list(bench.folder.parent.glob(f"{bench.folder.name}-broken-*")))
    kept = bench.folder.with_name(f"{bench.folder.name}-broken-{broken}")
    shutil.copytree(bench.where, kept, symlinks=True)
    raise Broken(f"{bench.work.name}: {words}\nThe home is kept: {kept}")


def spread(count: int, total: int) -> list[int]:
    """So many of the numbers below a total, the first and the last among them."""
    if total <= count:
        return list(range(total))
    return sorted({round(at * (total - 1) / max(1, count - 1)) for at in range(count)})
