"""The ``zhenxing`` command. Belongs here: which commands there are, and an exit code for every ending.

Commands of other packages join by the entry point group ``zhenxing.commands``: the pipeline never imports the sample
generator. What a command does lies in ``commands``.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import entry_points

import typer
from rich.text import Text

from orchestration.commands.alerting import alerts, remind
from orchestration.commands.asking import Refused
from orchestration.commands.explaining import why
from orchestration.commands.exporting import export
from orchestration.commands.installing import backup, doctor, restore
from orchestration.commands.nights import backfill, bulletin, nightly, status
from orchestration.commands.postgres import postgres_app
from orchestration.commands.publishing import publications, putback
from orchestration.commands.relanding import reland
from orchestration.commands.restating import restatements
from orchestration.commands.rules import rules_app
from orchestration.commands.scrubbing import scrub
from orchestration.commands.senders import check, template
from orchestration.commands.tracing import trace
from orchestration.commands.verifying import verify
from orchestration.commands.warning import warnings
from orchestration.permissions import private_files
from orchestration.settings import NotSet
from orchestration.storage_trouble import said_of
from orchestration.terminal import terminal

COMMANDS = "zhenxing.commands"

app = typer.Typer(
    name="zhenxing",
    help="省级乡村振兴统计:收报表、审核、汇总、出通报。\n\n"
    "The statistics warehouse of a provincial bureau: workbooks in, audited figures out.\n\n"
    "数据放在环境变量 ZHENXING_HOME 所指的目录(默认:项目目录)。各命令都可加 --json。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for command in (
    *(nightly, backfill, status, bulletin, trace, why, verify, restatements, warnings),
    *(publications, putback, export, template, check),
    *(doctor, backup, restore),
    *(reland, scrub, alerts, remind),
):
    app.command()(command)
app.add_typer(rules_app, name="rules")
app.add_typer(postgres_app, name="postgres")


def add_commands(to: typer.Typer) -> None:
    """Adds the commands of other installed packages, by name."""
    known = {command.name or command.callback.__name__ for command in to.registered_commands}
    for entry in sorted(entry_points(group=COMMANDS), key=lambda entry: entry.name):
        if entry.name not in known:
            to.command(entry.name)(entry.load())


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit code: 0 done, 1 refused or failed, 2 asked wrongly."""
    add_commands(app)
    try:
        with private_files():
            app(args=None if arguments is None else list(arguments), prog_name="zhenxing")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except (Refused, NotSet) as refused:
        return _refuse(str(refused))
    except Exception as error:
        if (said := said_of(error)) is None:
            raise
        return _refuse(said)
    return 0


def _refuse(said: str) -> int:
    terminal(stderr=True).print(Text.assemble(("✗", "red"), f" {said}"), soft_wrap=True)
    return 1
