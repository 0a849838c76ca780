"""``zhenxing sample``: the command line's options. What it does is in command.py, imported only when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def sample(
    *,
    period: Annotated[
        str,
        typer.Option(
            metavar="P",
            help="报告期:2021-08 月、2021-W35 周,或区间 2021-06..2021-08;几段用逗号连写,如 2021-08,2021-W34..2021-W35",
        ),
    ] = "2021-08",
    targets: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="全省目标数,列同 sample/data/targets.csv;默认:通报的 59 个数字"),
    ] = None,
    units: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="报送单位,列同 dbt_project/seeds/counties.csv;默认:107 个县"),
    ] = None,
    seed: Annotated[int, typer.Option(help="随机种子;同一种子写出的文件逐字节相同")] = 2021,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="写到哪里;默认:收件箱 $ZHENXING_HOME/raw/inbox")
    ] = None,
    mistakes: Annotated[
        bool, typer.Option("--mistakes", help="部分县的报表带有真实工作中常见的差错,另写一份答案")
    ] = False,
    mistakes_kinds: Annotated[
        str | None, typer.Option(metavar="A,B,…", help="只带这些种类的差错;种类见 sample/mistakes")
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV", help="差错的答案写到哪里;默认在收件箱以外:var/sample/answers_<报告期>.csv"
        ),
    ] = None,
    first_night: Annotated[bool, typer.Option("--first-night", help="只在从未收到过报表时才写")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出,供程序读取")] = False,
) -> None:
    """写出一个样例省的全套报表:各台账加总恰为目标数。

    目标数互相矛盾时逐条说明,不写任何文件,退出码为 2。
    """
    from orchestration.home import Home  # noqa: PLC0415 - so that --help answers at once
    from sample.command import Options, run  # noqa: PLC0415

    kinds = tuple(filter(None, (mistakes_kinds or "").split(",")))
    options = Options(period, targets, units, seed, out, mistakes or bool(kinds), kinds, answers)
    raise typer.Exit(run(Home.current(), options, first_night=first_night, as_json=as_json))
