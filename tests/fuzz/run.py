"""The long run: as many mutated workbooks as asked for, each read in a guarded worker and judged by the oracle.

``python -m fuzz.run --inputs 10000 --seed 1``. What goes wrong is written to ``--keep`` (default: nowhere) as the smallest
file of its kind, and the run ends with exit code 1. Then as many layouts and values. Belongs here: the loop and its numbers. Does not belong here: mutations.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from fuzz import layouts, packages, reading_values, seeds, streams
from fuzz.oracle import Verdict, examine, read
from orchestration.cards import load_cards
from orchestration.receive.guard import Result, run_guarded

BATCH = 200
MEMORY_BYTES = 1536 * 2**20
SECONDS = 60.0
_ANSWERED = ("U-CRASH", "U-MEMORY", "U-TIMEOUT")


@dataclass(slots=True)
class Numbers:
    """What came of the inputs of a run."""

    inputs: Counter = field(default_factory=Counter)  # by kind
    refused: Counter = field(default_factory=Counter)  # by code
    read: int = 0
    second: Counter = field(default_factory=Counter)  # opinions, by reader
    died: Counter = field(default_factory=Counter)  # answered, but at the price of a worker
    failures: dict[str, bytes] = field(default_factory=dict)  # what went wrong, and the smallest file of it


def inputs(random: Random) -> Iterator[tuple[str, str, bytes]]:
    """(kind, suffix, bytes) without end."""
    while True:
        kind = random.choices(
            (
                "xlsx zip",
                "xlsx xml",
                "odd xlsx",
                "xls records",
                "odd xls",
                "ods",
                "xlsb",
                "csv bundle",
                "csv",
            ),
            (10, 40, 8, 12, 4, 6, 6, 7, 7),
        )[0]
        yield kind, _suffix(kind), _mutated(kind, random)


def _suffix(kind: str) -> str:
    return (
        ".zip"
        if kind == "csv bundle"
        else f".{next(s for s in ('xlsx', 'xlsb', 'xls', 'ods', 'csv') if s in kind)}"
    )


def _mutated(kind: str, random: Random) -> bytes:
    if kind == "xlsx zip":
        return random.choice(packages.ZIP_MUTATIONS)(seeds.xlsx(), random)
    if kind in ("xlsx xml", "csv bundle"):
        return packages.mutate_xml(seeds.xlsx() if kind == "xlsx xml" else seeds.csv_bundle(), random)
    if kind == "csv":
        return streams.change_csv(seeds.csv_of(random.choice(seeds.sheets())).encode(), random)
    if kind == "xls records":
        changed = seeds.xls()
        for _ in range(random.choice((1, 1, 2, 4))):
            changed = streams.change_record(changed, random)
        return changed
    return _mutated_odd(random.choice(seeds.odd(kind.removeprefix("odd "))), random)


def _mutated_odd(content: bytes, random: Random) -> bytes:
    if content[:2] != b"PK" or random.random() < 0.2:
        return random.choice(streams.RAW_MUTATIONS)(content, random)
    try:
        parts = packages.unpacked(content)
    except Exception:  # an odd workbook may be no whole package to begin with
        return random.choice(streams.RAW_MUTATIONS)(content, random)
    if any(name.endswith(".bin") and parts[name] for name in parts):
        name = random.choice([name for name in parts if name.endswith(".bin") and parts[name]])
        parts[name] = random.choice(streams.RAW_MUTATIONS)(parts[name], random)
        return packages.packed(parts)
    return packages.mutate_xml(content, random)


def run(count: int, seed: int, folder: Path, workers: int = 1, seconds: float | None = None) -> Numbers:
    """Examines as many inputs, or as many as the seconds allow. What goes wrong is said at once."""
    numbers, random = Numbers(), Random(seed)
    made, started = inputs(random), time.monotonic()
    done = 0
    while done < count and (seconds is None or time.monotonic() - started < seconds):
        batch: dict[Path, tuple[str, bytes]] = {}
        for number in range(min(BATCH, count - done)):
            kind, suffix, content = next(made)
            path = folder / f"{number}{suffix}"
            path.write_bytes(content)
            batch[path] = (kind, content)
        results = _guarded(examine, list(batch), workers)
        lost = {result.item for result in results if result.error_code in _ANSWERED}
        # A second reader may be what made the worker die: whether it was ours is asked alone.
        again = {result.item: result for result in _guarded(read, sorted(lost), workers)} if lost else {}
        for result in results:
            kind, content = batch[result.item]
            _count(numbers, kind, content, result, again.get(result.item))
        done += len(batch)
    return numbers


def run_layouts(count: int, seed: int) -> set[str]:
    """As many sheets laid out otherwise; what was read wrongly without a word."""
    random, datasets = Random(seed), sorted(load_cards())
    found = set()
    for _ in range(count):
        dataset = random.choice(datasets)
        wrong, changes = layouts.misread(dataset, random)
        found |= {f"{dataset} after {', '.join(changes)}: {wrong}"} if wrong else set()
    return found


def run_values(count: int, seed: int) -> set[str]:
    """As many spellings of values; what was landed otherwise than meant without a word."""
    random, columns = Random(seed), reading_values.columns()
    each = -(-count // len(columns))
    return {
        wrong
        for dataset, column in columns
        for wrong in reading_values.misread(dataset, column, random, each)
    }


def _guarded(function: Callable, items: list[Path], workers: int) -> list[Result]:
    return run_guarded(
        function, items, workers=workers, memory_bytes=MEMORY_BYTES, seconds_per_item=SECONDS, what="fuzz"
    )


def _count(numbers: Numbers, kind: str, content: bytes, result: Result, alone: Result | None) -> None:
    numbers.inputs[kind] += 1
    verdict: Verdict | None = result.value
    if alone is not None and alone.error_code is None:
        verdict = Verdict(alone.value)
    if verdict is None:
        if result.error_code in _ANSWERED:
            numbers.died[result.error_code] += 1
        else:
            _fail(numbers, f"{kind}: {result.error_text}", content)
    elif verdict.code:
        numbers.refused[verdict.code] += 1
    else:
        numbers.read += 1
        numbers.second.update(verdict.readers)
        if verdict.mismatch:
            _fail(numbers, f"{kind}: {verdict.mismatch}", content)


def _fail(numbers: Numbers, what: str, content: bytes) -> None:
    if what not in numbers.failures:
        print(f"  {what}", flush=True)
    if what not in numbers.failures or len(content) < len(numbers.failures[what]):
        numbers.failures[what] = content


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        numbers = run(asked.inputs, asked.seed, Path(folder), seconds=asked.seconds)
    print(f"{numbers.inputs.total()} inputs in {time.monotonic() - started:.0f} s: {dict(numbers.inputs)}")
    print(f"refused {numbers.refused.total()}: {dict(numbers.refused.most_common())}")
    print(f"read {numbers.read}, with second opinions {dict(numbers.second)}")
    print(f"answered at the price of a worker {dict(numbers.died)}")
    print(f"failures {len(numbers.failures)}", flush=True)
    if asked.keep:
        asked.keep.mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(numbers.failures.values()):
            (asked.keep / f"{number:04d}").write_bytes(content)
    said = run_layouts(asked.inputs, asked.seed) | run_values(asked.inputs, asked.seed)
    print(
        f"{asked.inputs} layouts and {asked.inputs} values: {len(said)} failures", *sorted(said), sep="\n  "
    )
    return 1 if numbers.failures or said else 0


if __name__ == "__main__":
    sys.exit(main())
