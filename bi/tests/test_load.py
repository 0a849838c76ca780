"""Sixteen readers through several publications: no error, no reader behind what is published, no two publications in one answer."""

from __future__ import annotations

import itertools
import statistics
import threading
import time
from dataclasses import dataclass, field

import pytest

from bi.tests.asking import Session
from bi.tests.conftest import COUNTY, Running
from bi.tests.publishing import FIGURES, PAIRS, STEP, publish_again

READERS = 16
PUBLICATIONS = 6
SECONDS_BETWEEN = 8  # 16 readers are asking all the time while each publication is made and after it


@dataclass
class Seen:
    """What the readers met. ``behind``: answers older than what was published when they were asked for; ``torn``: answers
    of more than one publication."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    generations: set[int] = field(default_factory=set)


class Marks:
    """How many publications ago the first was, from what a dataset says: its two values less those at the start."""

    def __init__(self, session: Session, numbers: dict[str, int]):
        self.numbers = numbers
        self.first = {name: self.ask(session, name) for name in numbers}

    def ask(self, session: Session, name: str) -> tuple[int, int]:
        metrics = FIGURES if name == "rpt_unit_figures" else [_sum(column) for column in PAIRS[name]]
        own = {"col": "unit_code", "op": "==", "val": COUNTY}
        period = {"col": "reporting_period", "op": "==", "val": "2021-08"}
        [row] = session.rows(self.numbers[name], metrics=metrics, filters=[own, period])
        one, other = (int(value) for value in row.values())
        return one, other

    def generation(self, name: str, said: tuple[int, int]) -> tuple[int, int]:
        return tuple((now - then) // STEP for now, then in zip(said, self.first[name], strict=True))


def test_sixteen_readers_go_on_through_publications(superset: Running, capsys: pytest.CaptureFixture) -> None:
    readers = [_session(superset, number) for number in range(READERS)]
    admin = readers[0]
    names = ("rpt_unit_figures", *PAIRS)
    marks = Marks(admin, {name: admin.dataset(name) for name in names})
    seen, published, over = Seen(), [0], threading.Event()

    def read(session: Session, first: int) -> None:
        for name in itertools.islice(itertools.cycle(names), first, None):
            if over.is_set():
                return
            at_least, started = published[0], time.monotonic()
            try:
                one, other = marks.generation(name, marks.ask(session, name))
            except (AssertionError, OSError, ValueError) as error:
                seen.errors.append(f"{name}: {error}")
                continue
            seen.seconds.append(time.monotonic() - started)
            seen.generations.add(one)
            if one != other:
                seen.torn.append(f"{name}: {one} and {other}")
            if one < at_least:
                seen.behind.append(f"{name}: {one} although {at_least} was published")

    threads = [threading.Thread(target=read, args=(session, n)) for n, session in enumerate(readers)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for generation in range(1, PUBLICATIONS + 1):
        time.sleep(SECONDS_BETWEEN)
        publish_again(superset.home)
        published[0] = generation
    time.sleep(SECONDS_BETWEEN)
    over.set()
    for thread in threads:
        thread.join()
    with capsys.disabled():
        print("\n" + _table(seen, time.monotonic() - started))
    assert (seen.errors, seen.behind, seen.torn) == ([], [], [])
    assert seen.generations == set(range(PUBLICATIONS + 1))


def _session(superset: Running, number: int) -> Session:
    """Every other reader is the county's."""
    who = (superset.admin, superset.county)[number % 2]
    return Session(superset.address).log_in(who.user, who.password)


def _sum(column: str) -> dict[str, object]:
    return {
        "expressionType": "SIMPLE",
        "column": {"column_name": column},
        "aggregate": "SUM",
        "label": column,
    }


def _table(seen: Seen, seconds: float) -> str:
    cuts = statistics.quantiles(seen.seconds, n=100)
    return (
        f"{READERS} readers, {PUBLICATIONS} publications, {seconds:.0f} s: {len(seen.seconds)} answers"
        f" ({len(seen.seconds) / seconds:.1f} a second), {len(seen.errors)} errors, {len(seen.behind)} behind,"
        f" {len(seen.torn)} torn; p50 {cuts[49]:.2f} s, p95 {cuts[94]:.2f} s"
    )
