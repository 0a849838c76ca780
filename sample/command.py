"""What ``zhenxing sample`` does and says. Belongs here: what is asked for, whether it can be done, the answer.

Does not belong here: command-line options (cli.py), the work itself (province.py).
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from orchestration.home import Home
from orchestration.indicators import Indicator, load_indicators
from orchestration.periods import SHANGHAI, Period
from orchestration.units import ReportingUnits
from sample.extension import home_of, reopen
from sample.goals import exact_goals
from sample.mistakes.answers import write_answers
from sample.mistakes.ask import answers_path, chosen_kinds
from sample.periods import main_period, parse_periods
from sample.place_limits import cap_to_units, check_places
from sample.province import Progress as Step
from sample.province import Written, write_province
from sample.targets import DEFAULT, TargetError, read_targets
from sample.write.cells import plain

REFUSED = 2

_MAIN_FIGURES = (
    "monitored_households_total",
    "monitored_people_total",
    "project_pool_projects",
    "project_pool_funds",
    "projects_arranged",
    "projects_started",
    "microcredit_households",
    "microcredit_amount",
    "employment_lifted_labour",
    "resident_work_teams",
    "resident_workers",
    "recognised_products_total",
    "bridging_funds_central_provincial",
    "hotline_12317_calls_received",
)


class SampleError(Exception):
    """Nothing was written. ``lines`` say why, in Chinese."""

    def __init__(self, lines: Iterable[str]):
        self.lines = list(lines)
        super().__init__("; ".join(self.lines))


@dataclass(frozen=True, slots=True)
class Request:
    periods: list[Period]
    units_csv: Path
    units: ReportingUnits
    goals: Mapping[str, int]
    out: Path
    notes: list[str]
    mistakes: tuple[str, ...]
    answers: Path


@dataclass(frozen=True, slots=True)
class Options:
    """The command's options; None stands for the default of the home."""

    period: str = "2021-08"
    targets: Path | None = None
    units: Path | None = None
    seed: int = 2021
    out: Path | None = None
    mistakes: bool = False
    mistakes_kinds: tuple[str, ...] = ()
    answers: Path | None = None


def run(home: Home, options: Options, *, first_night: bool = False, as_json: bool = False) -> int:
    """Writes the province and says so; returns the exit code. With ``first_night``, only on a home that never
    received anything."""
    console = Console(stderr=as_json, highlight=False)
    if first_night and (received := _received(home)):
        _say_skipped(console, received, as_json)
        return 0
    try:
        request = prepare(home, options)
    except SampleError as error:
        for line in error.lines:
            console.print(f"[red]✗[/red] {line}", soft_wrap=True)
        console.print("没有写任何文件。")
        return REFUSED
    if first_night:
        console.print("首次运行,尚未收到过报表:先写一个样例省。")
    started = time.perf_counter()
    with _progress(console) as step:
        written = write_province(
            request.units_csv,
            request.goals,
            request.periods,
            seed=options.seed,
            out=request.out,
            mistakes=request.mistakes,
            progress=step,
        )
    seconds = time.perf_counter() - started
    request.notes.extend(_reopen(home, request))
    if request.mistakes:
        write_answers(written.answers, request.answers)
        request.notes.extend(_told_mistakes(request, written))
    if as_json:
        print(json.dumps(_summary(request, written, seconds, options.seed), ensure_ascii=False))
    else:
        _say_written(console, request, written, seconds)
    return 0


def prepare(home: Home, options: Options) -> Request:
    """Everything that can be wrong is found here, before a file is written. Raises SampleError."""
    notes: list[str] = []
    try:
        periods = parse_periods(options.period)
        used_units = options.units or home.units_csv
        units = _units(used_units)
        defaults = read_targets(DEFAULT)
        given = dict(defaults) if options.targets is None else read_targets(options.targets)
        if options.targets is None and (lowered := cap_to_units(given, units)):
            notes.append("默认目标按报送单位数下调:" + ";".join(lowered))
        goals = exact_goals(given, defaults)
        check_places(goals, units)
        mistakes = chosen_kinds(options.mistakes_kinds) if options.mistakes else ()
        main = main_period(periods)
        if mistakes and main.cadence != "month":
            raise ValueError("差错做在月报里:请连月份一起写,如 2021-08,2021-W35")
        out = options.out or home.inbox
        answers = answers_path(options.answers, out, home, main)
    except (ValueError, OSError) as error:
        raise SampleError([str(error)]) from error
    except TargetError as error:
        raise SampleError(error.problems) from error
    if options.units and options.out is None:
        notes += _make_known(home, options.units, units)
    return Request(periods, used_units, units, goals, out, notes, mistakes, answers)


def _units(path: Path) -> ReportingUnits:
    try:
        return ReportingUnits(path)
    except (KeyError, IndexError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name}:不是报送单位表,列应同 dbt_project/seeds/counties.csv") from error


def _make_known(home: Home, units_csv: Path, units: ReportingUnits) -> list[str]:
    """Gives the home the unit list it lacks, so that the pipeline knows who reports. Returns what was done."""
    known = ReportingUnits(home.units_csv)
    if all(known.by_code(county.code) for county in units.counties):
        return []
    own = home.root / "reporting_units.csv"
    if own.exists():
        raise SampleError([f"{own} 中没有这些报送单位;请先合并或移走该文件,或用 --out 写到别处"])
    own.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(units_csv, own)
    return [f"本省报送单位表已存为 {own}"]


def _reopen(home: Home, request: Request) -> list[str]:
    """Lets the home take what was written although the period is closed. Returns what was done."""
    receiving = home_of(request.out, home)
    reopened = reopen(receiving, request.periods, datetime.now(SHANGHAI).date()) if receiving else []
    if not reopened:
        return []
    return [
        f"{'、'.join(reopened)} 已关闭,为样例省补开报送窗口:今日起7日内为按时({receiving.root / 'reopenings.csv'})"
    ]


def _told_mistakes(request: Request, written: Written) -> list[str]:
    kinds = {answer.kind for answer in written.answers}
    units = {answer.unit_code for answer in written.answers}
    told = (
        f"{len(units)} 个县的报表带有 {len(kinds)} 种共 {len(written.answers)} 处差错,答案:{request.answers}"
    )
    left = len(request.mistakes) - len(kinds)
    return [told, *([f"县数不够,另有 {left} 种没有安排;可用 --mistakes-kinds 点名"] if left else [])]


def _received(home: Home) -> str | None:
    """The first thing ever received, or None on a home that has received nothing."""
    for folder in (home.inbox, home.archive):
        if folder.exists():
            for path in sorted(folder.rglob("*")):
                if path.is_file() and not path.name.startswith("."):
                    return str(path)
    return None


@contextmanager
def _progress(console: Console) -> Iterator[Step]:
    columns = (TextColumn("写样例报表"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, total: bar.update(task, completed=done, total=total)


def _summary(request: Request, written: Written, seconds: float, seed: int) -> dict:
    main = main_period(request.periods).key
    return {
        "written": True,
        "out": str(request.out),
        "periods": [period.key for period in request.periods],
        "seed": seed,
        "units": len(request.units.counties) + 1,
        "files": written.files,
        "bytes": written.bytes,
        "seconds": round(seconds, 1),
        "rows": written.rows,
        "mistakes": {
            "kinds": sorted({answer.kind for answer in written.answers}),
            "left_out": sorted(set(request.mistakes) - {answer.kind for answer in written.answers}),
            "made": len(written.answers),
            "answers": str(request.answers) if request.mistakes else None,
        },
        "figures": {key: plain(value) for key, value in written.totals[main].items()},
        "notes": request.notes,
    }


def _say_skipped(console: Console, received: str, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"written": False, "received": received}, ensure_ascii=False))
    else:
        console.print(f"已收到过报表({received}),不写样例。", soft_wrap=True)


def _say_written(console: Console, request: Request, written: Written, seconds: float) -> None:
    main = main_period(request.periods).key
    for note in request.notes:
        console.print(f"· {note}", soft_wrap=True)
    table = Table(title=f"样例省 {main} 主要数字", title_justify="left")
    table.add_column("指标")
    table.add_column("各表合计", justify="right")
    for key in _MAIN_FIGURES:
        if key in written.totals[main]:
            indicator = load_indicators()[key]
            table.add_row(indicator.label, _printed(indicator, written.totals[main][key]))
    console.print(table)
    console.print(
        f"写出 {written.files} 个文件({len(request.units.counties)} 个县和省局,"
        f"{'、'.join(period.key for period in request.periods)}),{written.bytes / 1e6:.1f} MB,{seconds:.1f} 秒"
    )
    console.print(str(request.out), soft_wrap=True)


def _printed(indicator: Indicator, value: Decimal) -> str:
    shift = {"万": 4, "亿": 8}.get(indicator.scale, 0)
    printed = value.scaleb(-shift).quantize(Decimal(1).scaleb(-indicator.decimals), ROUND_HALF_UP)
    return f"{printed}{indicator.scale}{indicator.measure_word or indicator.unit}"
