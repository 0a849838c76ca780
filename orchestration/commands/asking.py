# ruff: noqa: PLC0415 - a command imports what it needs when it runs, so that --help answers at once
"""What every command of ``zhenxing`` shares: options, how a period, a unit or a past moment is asked for, and output.

Belongs here: turning what was typed into what is meant, or into a refusal in words. Does not belong here: commands.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.home import Home
from orchestration.terminal import escaped

if TYPE_CHECKING:
    from orchestration.model.as_of import Past
    from orchestration.units import Unit

AsJson = Annotated[bool, typer.Option("--json", help="以 JSON 输出,供程序读取")]
PeriodOption = Annotated[
    str,
    typer.Option(
        "--period", metavar="P", help="报告期:2021-08 月、2021-W35 周、2021-Q3 季、2021-H1 半年、2021 年"
    ),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="T",
        help="按当时已发布的数据:2021-09-10(当日末)、2021-09-10T18:30,未注时区为北京时间",
    ),
]


class Refused(Exception):
    """A request that cannot be met, in Chinese words for whoever asked."""


def seen(as_of: str | None) -> Home:
    """The current home as published now, or as known at a moment."""
    home = Home.current()
    if as_of:
        return past_of(home, as_of).home
    if not home.warehouse.exists():
        raise Refused(f"还没有发布过数据仓库({home.warehouse});先运行 zhenxing nightly")
    return home


def past_of(home: Home, as_of: str) -> Past:
    """The home as known at a moment. Raises Refused."""
    from orchestration.model.as_of import NoSuchMoment, parse_moment, past
    from orchestration.model.dbt import ModelFailed

    try:
        return past(home, parse_moment(as_of))
    except NoSuchMoment as error:
        raise Refused(str(error)) from error
    except ModelFailed as error:
        raise Refused(f"当时的数据仓库没有建成:{error}") from error


def period_key(text: str) -> str:
    """A period as it was typed, as its key. Raises Refused."""
    from orchestration.periods import parse_period

    try:
        return parse_period(text).key
    except ValueError as error:
        raise Refused(f"{text!r} 不是报告期;应如 2021-08、2021-W35、2021-Q3、2021-H1 或 2021") from error


def unit_of(home: Home, text: str) -> Unit:
    """A unit by code or name. Raises Refused."""
    from orchestration.units import ReportingUnits

    units = ReportingUnits(home.units_csv)
    found = units.by_code(text) or units.by_name(text)
    if found is None:
        raise Refused(f"{text!r} 不是本省的报送单位;单位名单见 {home.units_csv}")
    return found


def print_json(value: dict) -> None:
    typer.echo(escaped(json.dumps(value, ensure_ascii=False, indent=1)))


def print_paths(paths: Sequence[Path]) -> None:
    for path in paths:
        typer.echo(str(path))
