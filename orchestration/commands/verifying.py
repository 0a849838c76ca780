# ruff: noqa: PLC0415 - a command imports what it needs when it runs, so that --help answers at once
"""The command that holds an article against the warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.commands.asking import (
    AsJson,
    AsOfOption,
    PeriodOption,
    Refused,
    period_key,
    print_json,
    seen,
    unit_of,
)
from orchestration.home import Home
from orchestration.terminal import terminal

if TYPE_CHECKING:
    from orchestration.report.verify.answers import Answer

UNREADABLE = 2


def verify(
    article: Annotated[Path, typer.Argument(metavar="ARTICLE", help="文章:TXT、Markdown、HTML 或 DOCX")],
    *,
    period: PeriodOption,
    unit: Annotated[str | None, typer.Option(metavar="CODE", help="文章说的是哪个单位;默认看文章")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="标注页;默认写在当前目录 <文章>_核对.html")
    ] = None,
    as_of: AsOfOption = None,
    as_json: AsJson = False,
) -> None:
    """核对一篇文章:每个数字与已发布的数据仓库是否相符,文中各数字之间是否自洽。

    退出码:0 没有不符,1 有不符或自相矛盾,2 文件读不了。--json 只在给出 --out 时写标注页。

    例:[bold]zhenxing verify 通报.txt --period 2021-08[/bold]
    """
    from orchestration.report.verify.article import Unreadable, read_article
    from orchestration.report.verify.page import default_page, write_page
    from orchestration.report.verify.published import NoPublishedFigures
    from orchestration.report.verify.screen import print_answer

    key = period_key(period)
    try:
        text = read_article(article)
    except Unreadable as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(UNREADABLE) from error
    try:
        answer = _judged(seen(as_of), text, key, unit)
    except NoPublishedFigures as error:
        raise Refused(str(error)) from error
    page = out or (None if as_json else default_page(article))
    if page:
        write_page(answer, article.name, page)
    if as_json:
        print_json(answer.as_dict())
    else:
        print_answer(terminal(), answer)
        typer.echo(str(page))
    if not answer.is_clean:
        raise typer.Exit(1)


def _judged(home: Home, text: str, period: str, unit: str | None) -> Answer:
    from orchestration.periods import parse_period
    from orchestration.report.verify.answers import verify_text
    from orchestration.report.verify.published import read_published
    from orchestration.units import ReportingUnits

    published = read_published(home.warehouse, period)
    about = unit_of(home, unit) if unit else None
    return verify_text(text, published, parse_period(period), ReportingUnits(home.units_csv), about)
