"""The long run of the fault harness, which ``make faults`` starts: thousands of faults, and the table of ``docs/faults.md``.

A fault that leaves something behind is said at once with its instant, its home is kept, and no table is written. Belongs here: how many
of which, and the progress. Does not belong here: faults and expectations.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

FAULTS = Path(__file__).resolve().parent
sys.path[:0] = [str(FAULTS), str(FAULTS.parent)]

# How the kills are shared out: what is quick more often, and a whole night, of three kills in a row, now and then.
SHARES = {
    **{"receive": 12, "land": 7, "audit_files": 5, "model": 2, "audit_warehouse": 4, "publish": 10},
    **{"publish_again": 12, "receipts": 14, "warnings": 12, "report": 7, "site": 8},
    **{"documentation": 5, "putback": 6, "reland": 4, "backup": 7, "night": 3},
}
IN_A_ROW = 3
ROOMS = 4  # sizes of a full disk tried with each step


def main() -> None:
    asked = _asked()
    import fault_process  # noqa: PLC0415  (what is imported here is what each trial is forked with)
    from fault_room import with_own_mounts  # noqa: PLC0415

    with_own_mounts()
    folder = Path(asked.folder or tempfile.mkdtemp(prefix="faults-"))
    fault_process.warm()
    print(f"{folder}; seed {asked.seed}")
    started = time.monotonic()
    lines, failures = _run(asked, folder, started + asked.minutes * 60)
    from fault_table import table, write_between  # noqa: PLC0415

    text = table(lines, (time.monotonic() - started) / 3600, asked.seed)
    print(text)
    if failures:
        sys.exit(f"{len(failures)} faults left something behind; their homes lie in {folder}")
    if asked.report:
        write_between(Path(asked.report), text)
    shutil.rmtree(folder, ignore_errors=True)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument(
        "--minutes", type=float, default=600, help="stop after so long, with what was done by then"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--works", nargs="*", default=[], help="only these steps")
    parser.add_argument("--folder", help="where the homes lie (default: a temporary folder)")
    parser.add_argument("--home", help="a small province after a night, to begin from (default: one is made)")
    parser.add_argument("--report", help="the page whose table is written")
    return parser.parse_args()


def _run(asked: argparse.Namespace, folder: Path, until: float) -> tuple[list, list[str]]:
    from fault_trials import Bench, Broken, prepare  # noqa: PLC0415
    from fault_works import WORKS  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    from orchestration.home import Home  # noqa: PLC0415

    finished = Home(Path(asked.home)) if asked.home else _finished_home(folder)
    names = asked.works or list(SHARES)
    benches: dict[str, Bench] = {}
    failures: list[str] = []
    tried = 0
    with Progress(console=Console(stderr=True)) as shown:
        preparing = shown.add_task("undisturbed", total=len(names))
        for name in names:
            benches[name] = prepare(WORKS[name], finished, folder / name)
            shown.advance(preparing)
        trials = list(_trials(asked, benches))
        task = shown.add_task("faults", total=len(trials))
        for name, trial in trials:
            if time.monotonic() > until:
                break
            tried += 1
            shown.update(task, description=name)
            try:
                trial()
            except Broken as broken:
                failures.append(str(broken))
                shown.console.print(f"[red]✗[/red] {broken}", soft_wrap=True)
            shown.advance(task)
    print(f"{tried} of {len(trials)} trials")
    return list(_lines(benches.values())), failures


def _finished_home(folder: Path):
    """The small province after an undisturbed night."""
    from orchestration.home import PROJECT_ROOT, Home  # noqa: PLC0415

    home = Home(folder / "finished")
    home.root.mkdir(parents=True)
    data = PROJECT_ROOT / "sample" / "data"
    shutil.copy(data / "small_units.csv", home.root / "reporting_units.csv")
    environment = {**os.environ, "ZHENXING_HOME": str(home.root)}
    command = [
        sys.executable,
        "-c",
        "import sys; from orchestration.cli import main; sys.exit(main(sys.argv[1:]))",
    ]
    for arguments in (["sample", "--targets", str(data / "small_targets.csv")], ["nightly"]):
        subprocess.run([*command, *arguments], env=environment, check=True, stdout=subprocess.DEVNULL)
    return home


def _trials(asked: argparse.Namespace, benches: dict) -> Iterator[tuple[str, Callable[[], object]]]:
    """Every trial, in an order that the seed gives, so that a run cut short has tried a little of everything."""
    import fault_full  # noqa: PLC0415
    from fault_process import FULL, READ_ONLY  # noqa: PLC0415
    from fault_room import may_mount  # noqa: PLC0415
    from fault_trials import fail_from, kill_after, kill_at, spread  # noqa: PLC0415

    chance = random.Random(asked.seed)
    found: list[tuple[str, Callable[[], object]]] = []
    whole = sum(SHARES[name] for name in benches)
    for name, bench in benches.items():
        kills = max(2, round(asked.kills * SHARES[name] / whole))
        if name == "night":
            rows = max(1, kills // IN_A_ROW)
            found += [(name, _bound(kill_after, bench, random.Random(chance.random()), IN_A_ROW))] * rows
            continue
        acts = spread(kills // 2, len(bench.acts))
        found += [(name, _bound(kill_at, bench, act)) for act in acts]
        found += [
            (name, _bound(kill_after, bench, random.Random(chance.random())))
            for _ in range(kills - len(acts))
        ]
        for kind in (FULL, READ_ONLY):
            failing = spread(max(3, kills // 10), len(bench.acts))[1:-1]
            found += [(name, _bound(fail_from, bench, act, kind)) for act in failing]
        if may_mount():
            rooms = 2 + min(ROOMS, asked.kills // 100)
            found += [(name, _bound(fault_full.full, bench, part, rooms)) for part in range(1, rooms)]
            found.append((name, _bound(fault_full.read_only, bench)))
    chance.shuffle(found)
    yield from found


def _bound(function: Callable, *arguments: object) -> Callable[[], object]:
    return lambda: function(*arguments)


def _lines(benches) -> Iterator:
    from fault_full import REAL_FULL, REAL_READ_ONLY  # noqa: PLC0415
    from fault_process import FULL, KILLED, READ_ONLY  # noqa: PLC0415
    from fault_table import Line, told  # noqa: PLC0415

    names = {
        KILLED: "kill -9",
        FULL: "every write fails from an act on: no space",
        READ_ONLY: "every write fails from an act on: read-only",
        REAL_FULL: "a disk that is too small",
        REAL_READ_ONLY: "a disk that is read-only",
    }
    words = (
        ("signal 9", "killed"),
        ("done", "not struck: done before, or there was room"),
        ("said", "ended, said in Chinese"),
    )
    for kind, fault in names.items():
        for bench in benches:
            if times := bench.tried[kind]:
                ended = {
                    key.split(": ")[1]: n for key, n in bench.endings.items() if key.startswith(f"{kind}: ")
                }
                outcome = f"{told(ended, words)}; run again: the same as undisturbed"
                what = f"{bench.work.name_zh} ({len(bench.acts)} acts)"
                yield Line(fault, what, times, outcome, ended.get("signal 9", 0))


if __name__ == "__main__":
    main()
