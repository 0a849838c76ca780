"""What receipts find of the mistakes the sample makes: ``python -m bench.mistakes``; writes docs/receipts.md's table.

A province with mistakes is written into a home of its own, one night runs, and every receipt is compared with the
answer sheet, which the pipeline never sees. Exits 1 when a mistake of error severity goes unseen or a sound workbook
is refused. ``--small`` takes few counties with small registers; ``--check`` asks ``zhenxing check`` and no night.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.scoring import CLEAN, ERROR, UNREADABLE, Besides, Outcome, besides, refused_though_clean, score
from orchestration.audit.check import check_files
from orchestration.home import PROJECT_ROOT, Home
from orchestration.nightly import run_night
from sample.mistakes import KINDS
from sample.mistakes.answers import Answer, read_answers

PAGE = PROJECT_ROOT / "docs" / "receipts.md"
BEGIN, END = "<!-- written by python -m bench.mistakes -->", "<!-- end of what bench.mistakes writes -->"
COUNTIES = PROJECT_ROOT / "dbt_project" / "seeds" / "counties.csv"
SMALL_TARGETS = PROJECT_ROOT / "sample" / "data" / "small_targets.csv"
ZHENXING = str(Path(sys.executable).with_name("zhenxing"))
_SMALL = 28  # counties: enough for every kind
_SEVERITIES = {
    "error": "须改正",
    "warning": "请核对",
    "notice": "提示",
    "unreadable": "退回文件",
    "clean": "应放行",
}
_IN_WORDS = {
    "error": "errors",
    "warning": "warnings",
    "notice": "notices",
    "unreadable": "files to refuse",
    "clean": "that only look wrong (let pass)",
}


@dataclass(frozen=True, slots=True)
class Result:
    """All that was measured."""

    outcomes: list[Outcome]
    besides: Besides
    refused: list[str]
    files: int
    clean_files: int
    seconds: float

    @property
    def unseen(self) -> list[Outcome]:
        """Mistakes that should hold something back and are not named."""
        return [o for o in self.outcomes if not o.found and o.answer.expected_severity in (ERROR, UNREADABLE)]

    @property
    def held(self) -> list[Outcome]:
        """What only looks wrong and was held against its sender all the same."""
        return [o for o in self.outcomes if not o.found and o.answer.expected_severity == CLEAN]

    @property
    def passed(self) -> bool:
        return not (self.unseen or self.refused or self.held)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--period", default="2021-08")
    arguments.add_argument("--seed", type=int, default=2021)
    arguments.add_argument("--small", action="store_true", help=f"{_SMALL} counties with small registers")
    arguments.add_argument("--check", action="store_true", help="ask zhenxing check instead of a night")
    arguments.add_argument("--json", action="store_true", help="print JSON and leave the page alone")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        _write(home, chosen)
        answers = read_answers(home.root / "var" / "sample" / f"answers_{chosen.period}.csv")
        started = time.perf_counter()
        receipts = _checked(home) if chosen.check else _night(home)
        seconds = time.perf_counter() - started
    result = measure(answers, receipts, seconds)
    if chosen.json:
        print(json.dumps(as_json(result), ensure_ascii=False, indent=1))
    else:
        _say(Console(width=None if sys.stdout.isatty() else 150), result)
        if not chosen.check:
            write_page(PAGE, markdown(result))
    return 0 if result.passed else 1


def measure(answers: Sequence[Answer], receipts: dict[str, dict], seconds: float) -> Result:
    """Scores the receipts, by file name, against the answers."""
    spoilt = {answer.file for answer in answers}
    return Result(
        outcomes=score(answers, receipts),
        besides=besides(answers, receipts),
        refused=refused_though_clean(answers, receipts),
        files=len(receipts),
        clean_files=sum(file not in spoilt for file in receipts),
        seconds=seconds,
    )


def _write(home: Home, chosen: argparse.Namespace) -> None:
    options = ["--period", chosen.period, "--seed", str(chosen.seed), "--mistakes", "--json"]
    if chosen.small:
        with COUNTIES.open(encoding="utf-8-sig") as handle:
            text = "".join(islice(handle, _SMALL + 1))
        (home.root / "reporting_units.csv").write_text(text, encoding="utf-8")
        options += ["--targets", str(SMALL_TARGETS)]
    environment = {**os.environ, "ZHENXING_HOME": str(home.root)}
    subprocess.run([ZHENXING, "sample", *options], env=environment, check=True, stdout=subprocess.DEVNULL)


def _night(home: Home) -> dict[str, dict]:
    """The receipts of one night, by the name of the file answered."""
    run = run_night(home)
    if run.error is not None:
        raise run.error
    receipts = [json.loads(path.read_text(encoding="utf-8")) for path in home.receipts.rglob("receipt.json")]
    return {receipt["file"]: receipt for receipt in receipts}


def _checked(home: Home) -> dict[str, dict]:
    """What ``zhenxing check`` says of each file, by its name."""
    paths = sorted(path for path in home.inbox.iterdir() if path.is_file())
    return {
        path.name: receipt.to_json() for path, receipt in zip(paths, check_files(home, paths), strict=True)
    }


def as_json(result: Result) -> dict:
    """Everything measured, with the mistakes that were not found."""
    return {
        "passed": result.passed,
        "files": result.files,
        "clean_files": result.clean_files,
        "clean_files_refused": result.refused,
        "mistakes": len(result.outcomes),
        "kinds": {kind: _counts(outcomes) for kind, outcomes in _by_kind(result.outcomes).items()},
        "not_found": [asdict(o.answer) for o in result.outcomes if not o.found],
        "not_root": [asdict(o.answer) for o in result.outcomes if o.found and not o.root],
        "not_located": [asdict(o.answer) for o in result.outcomes if o.found and not o.located],
        "top_level_errors": {
            "answering": result.besides.answering,
            "following": result.besides.following,
            "foreign": result.besides.foreign,
            "precision": round(result.besides.precision, 4),
        },
        "seconds": round(result.seconds, 1),
    }


def _by_kind(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """In the registry's order."""
    return {
        key: of_kind
        for key in KINDS
        if (of_kind := [outcome for outcome in outcomes if outcome.answer.kind == key])
    }


def _counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    return {
        "made": len(outcomes),
        **{
            name: sum(getattr(outcome, name) for outcome in outcomes) for name in ("found", "root", "located")
        },
    }


def totals(result: Result) -> list[str]:
    """The measurement in sentences."""
    graded = {name: _of_severity(result.outcomes, name) for name in _SEVERITIES}
    recalls = ", ".join(
        f"{sum(o.found for o in outcomes)} of {len(outcomes)} {_IN_WORDS[name]}"
        for name, outcomes in graded.items()
        if outcomes
    )
    found = [outcome for outcome in result.outcomes if outcome.found]
    besides_ = result.besides
    return [
        f"{len(result.outcomes)} mistakes of {len(_by_kind(result.outcomes))} kinds in"
        f" {result.files - result.clean_files} of {result.files} files, {result.seconds:.0f} seconds."
        f" Found: {recalls}.",
        f"Of those found, {sum(o.root for o in found)} of {len(found)} stand at the top level and"
        f" {sum(o.located for o in found)} are located exactly.",
        f"Of {besides_.total} errors at the top level of all receipts, {besides_.answering} answer a mistake made,"
        f" {besides_.following} follow from one and {len(besides_.foreign)} have nothing to do with any: precision"
        f" {besides_.precision:.1%}.",
        f"Sound files refused: {len(result.refused)} of {result.clean_files}.",
    ]


def _of_severity(outcomes: Sequence[Outcome], severity: str) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.answer.expected_severity == severity]


def markdown(result: Result) -> str:
    lines = [*totals(result), "", "| mistake | category | expected | made | found | root | located |"]
    lines.append("| --- | --- | --- | ---: | ---: | ---: | ---: |")
    for key, outcomes in _by_kind(result.outcomes).items():
        kind, counts = KINDS[key], _counts(outcomes)
        cells = (kind.name_zh, kind.category, _SEVERITIES[kind.severity], *map(str, counts.values()))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def write_page(page: Path, text: str) -> None:
    """Replaces what stands between the markers."""
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}", encoding="utf-8")


def _say(console: Console, result: Result) -> None:
    table = Table("kind", "mistake", "expected", "made", "found", "root", "located")
    for key, outcomes in _by_kind(result.outcomes).items():
        counts = _counts(outcomes)
        numbers = [
            str(count) if count == counts["made"] else f"[red]{count}[/red]" for count in counts.values()
        ]
        table.add_row(key, KINDS[key].name_zh, KINDS[key].severity, *numbers)
    console.print(table)
    for line in totals(result):
        console.print(line, soft_wrap=True)
    for file, rule, sheet, cells in result.besides.foreign:
        console.print(f"[red]foreign[/red] {file} {rule} {sheet} {cells}", soft_wrap=True)
    for outcome in (*result.unseen, *result.held):
        console.print(f"[red]unseen[/red] {outcome.answer.file} {outcome.answer.kind}", soft_wrap=True)
    for file in result.refused:
        console.print(f"[red]refused[/red] {file}", soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
