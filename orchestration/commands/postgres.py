# ruff: noqa: PLC0415 - a command imports what it needs when it runs, so that --help answers at once
"""Commands on the bureau's PostgreSQL: loading it now, and the logins that read it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.commands.asking import AsJson, Refused, print_json, unit_of
from orchestration.home import Home
from orchestration.terminal import terminal

if TYPE_CHECKING:
    from orchestration.publish.postgres.address import Address

PASSWORD_VARIABLE = "ZHENXING_ROLE_PASSWORD"

postgres_app = typer.Typer(
    help="PostgreSQL(可选):装载,建、列、删读者账号。库的地址在环境变量 ZHENXING_POSTGRES_URL。",
    no_args_is_help=True,
)
LoginName = Annotated[str, typer.Argument(metavar="NAME", help="账号名:小写字母、数字、下划线")]


@postgres_app.command("load")
def load(as_json: AsJson = False) -> None:
    """现在就把已发布的数据装入 PostgreSQL(每晚会自动做;库里已是最新时不动)。"""
    from orchestration.publish.postgres.load import load_marts

    with _asked() as asked:
        console = terminal(stderr=True)
        with console.status("装载") as shown:
            loaded = load_marts(
                Home.current(), progress=lambda what, done, total: shown.update(f"装载 {what} {done}/{total}")
            )
    if as_json:
        print_json(
            {"place": loaded.place, "holds": loaded.stamp, "changed": loaded.changed, "tables": loaded.tables}
        )
    elif loaded.changed:
        rows = sum(loaded.tables.values())
        typer.echo(
            f"{asked.place} 已换上{loaded.stamp}:{len(loaded.tables)} 张表、{rows} 行,{loaded.seconds:.1f} 秒"
        )
    else:
        typer.echo(f"{asked.place} 已是{loaded.stamp}")


@postgres_app.command("role")
def role(
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="县(区)或设区市,代码或名称均可")],
    as_json: AsJson = False,
) -> None:
    """给一个县(区)或市建账号,只能读本单位的行(市:本市和所辖县);已有的换密码。

    密码取自环境变量 ZHENXING_ROLE_PASSWORD;没有设置时随机生成,只显示这一次。

    例:[bold]zhenxing postgres role 610122[/bold] 建 county_610122
    """
    from orchestration.publish.postgres.roles import unit_login
    from orchestration.units import ReportingUnits

    home = Home.current()
    found = unit_of(home, unit)
    try:
        name, codes = unit_login(ReportingUnits(home.units_csv), found)
    except ValueError as error:
        raise Refused(str(error)) from error
    _make(name, codes, as_json)


@postgres_app.command("reader")
def reader(name: LoginName, as_json: AsJson = False) -> None:
    """给省局的人或 BI 工具建账号,能读全部的行,不能改;已有的换密码。密码同 role。"""
    _make(name, (), as_json)


@postgres_app.command("roles")
def roles(as_json: AsJson = False) -> None:
    """列出读者账号和各自能读的单位。"""
    from orchestration.publish.postgres.roles import logins

    with _asked() as asked:
        found = logins(asked)
    if as_json:
        print_json({"roles": [{"name": login.name, "units": list(login.units) or None} for login in found]})
        return
    for login in found:
        typer.echo(f"{login.name}\t{'、'.join(login.units) or '全部'}")


@postgres_app.command("drop")
def drop(name: LoginName) -> None:
    """删去一个读者账号。"""
    from orchestration.publish.postgres.roles import drop_login

    with _asked() as asked:
        drop_login(asked, name)
    typer.echo(f"已删去 {name}")


def _make(name: str, units: Sequence[str], as_json: bool) -> None:
    from orchestration.publish.postgres.roles import make_login, new_password

    given = os.environ.get(PASSWORD_VARIABLE)
    password = given or new_password()
    try:
        with _asked() as asked:
            make_login(asked, name, password, units)
    except ValueError as error:
        raise Refused(str(error)) from error
    shown = None if given else password
    if as_json:
        print_json({"name": name, "units": list(units) or None, "password": shown})
        return
    typer.echo(f"账号 {name},可读:{'、'.join(units) or '全部'}")
    typer.echo(f"密码 {shown}(只显示这一次)" if shown else f"密码取自 {PASSWORD_VARIABLE}")


@contextmanager
def _asked() -> Iterator[Address]:
    """The address that the environment names; what fails there is refused in words."""
    from orchestration.publish.postgres.address import VARIABLE, PostgresFailed, address

    try:
        asked = address()
        if asked is None:
            raise Refused(f"没有设置 {VARIABLE};见 docs/postgresql.md")
        yield asked
    except PostgresFailed as error:
        raise Refused(str(error)) from error
