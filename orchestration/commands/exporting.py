# ruff: noqa: PLC0415 - a command imports what it needs when it runs, so that --help answers at once
"""The command that writes what the bureau sends to the ministry."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.asking import (
    AsJson,
    AsOfOption,
    PeriodOption,
    Refused,
    period_key,
    print_json,
    print_paths,
    seen,
    unit_of,
)


def export(
    *,
    period: PeriodOption,
    form: Annotated[str, typer.Option("--format", metavar="F", help="xlsx 工作簿、csv、parquet")] = "xlsx",
    unit: Annotated[
        str | None, typer.Option(metavar="CODE", help="单位代码或名称,省、市、县均可;默认全省")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="写到这个文件夹;默认 var/exports/报告期")
    ] = None,
    as_of: AsOfOption = None,
    as_json: AsJson = False,
) -> None:
    """导出上报资料:汇总表、分市和分县数据、数据字典和说明,数字取自已发布的数据仓库。

    xlsx 是一个工作簿;csv 带 datapackage.json,每列有说明;parquet 带精确类型和注释。同一次发布导出的文件逐字节相同。

    例:[bold]zhenxing export --period 2021-08[/bold],[bold]zhenxing export --period 2021-Q3 --format csv --unit 商洛市[/bold]
    """
    from orchestration.report.export import FORMATS, NotPublished, write_export

    if form not in FORMATS:
        raise Refused(f"{form!r} 不是导出格式;应为 {'、'.join(FORMATS)}")
    if out is not None and out.exists() and not out.is_dir():
        raise Refused(f"{out} 不是文件夹")
    home = seen(as_of)
    key = period_key(period)
    code = unit_of(home, unit).code if unit else None
    try:
        contents, paths = write_export(home, key, form, code, out)
    except NotPublished as error:
        raise Refused(str(error)) from error
    if as_json:
        print_json(
            {
                "period": key,
                "unit_code": contents.unit.code,
                "format": form,
                "publication": contents.publication.number,
                "files": [str(path) for path in paths],
            }
        )
    else:
        print_paths(paths)
