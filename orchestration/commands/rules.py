# ruff: noqa: PLC0415 - a command imports what it needs when it runs, so that --help answers at once
"""Commands on business rules: listing them, and trying one on everything received so far."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.commands.asking import AsJson, Refused, print_json
from orchestration.home import Home
from orchestration.terminal import terminal

rules_app = typer.Typer(help="业务规则:列出,预演。", no_args_is_help=True)


@rules_app.command("list")
def list_rules(
    drafts: Annotated[bool, typer.Option("--drafts", help="只列未生效的规则")] = False,
    as_json: AsJson = False,
) -> None:
    """列出业务规则:编号、级别、范围、名称、依据;未生效的也在内。"""
    from expectations import every_rule
    from orchestration.audit.preview import listed
    from orchestration.audit.preview_screen import print_rules

    rules = [rule for rule in every_rule().values() if rule.draft or not drafts]
    if as_json:
        print_json({"rules": listed(rules)})
    else:
        print_rules(terminal(), rules)


@rules_app.command("preview")
def preview_rule(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="规则编号,如 R-PROJ-33;生效与否均可")],
    as_json: AsJson = False,
) -> None:
    """预演一条规则:对历次报送逐份试审,说明会命中谁。只读,不写判定,不影响接收。

    例:[bold]zhenxing rules preview R-PROJ-33[/bold]
    """
    from expectations import every_rule
    from orchestration.audit import preview
    from orchestration.audit.preview_screen import print_preview

    if rule not in every_rule():
        raise Refused(
            f"没有规则 {rule!r};zhenxing rules list 列出各条(S- 开头的结构规则在读表时判定,不能预演)"
        )
    console = terminal(stderr=as_json)
    try:
        with console.status(f"预演 {rule}") as shown:
            found = preview.preview(
                Home.current(),
                every_rule()[rule],
                progress=lambda what, done, total: shown.update(f"预演 {rule} {what} {done}/{total}"),
            )
    except preview.CouldNotRun as error:
        raise Refused(f"{rule} 未能运行:{error}") from error
    except FileNotFoundError as error:
        raise Refused("还没有建过数据仓库,全省性规则无从预演;先运行 zhenxing nightly") from error
    if as_json:
        print_json(preview.as_json(found))
    else:
        print_preview(console, found)
