# ruff: noqa: PLC0415 - a command imports what it needs when it runs, so that --help answers at once
"""Commands that tell people of what is wrong, and of what is due."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.commands.asking import AsJson, Refused, period_key, print_json, seen
from orchestration.home import Home

if TYPE_CHECKING:
    from orchestration.alerts.alert import Message
    from orchestration.alerts.remind import Reminded
    from orchestration.alerts.reminders import Reminder
    from orchestration.alerts.tell import Told


def alerts(
    preview: Annotated[bool, typer.Option("--preview", help="只显示现在的全部告警,不发送")] = False,
    test: Annotated[
        bool, typer.Option("--test", help="向每个已设置的渠道发一条测试消息,逐个说明结果")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """检查有无告警,有新情况才发送:运行失败、发布受阻、单位逾期未报、数据仓库久未更新、文件损坏。

    渠道由环境变量设置,可设几个:
    ZHENXING_ALERT_DINGTALK 钉钉机器人(加签密钥 ZHENXING_ALERT_DINGTALK_SECRET)、ZHENXING_ALERT_WECOM 企业微信机器人、
    ZHENXING_ALERT_WEBHOOK 通用 Webhook、ZHENXING_ALERT_SMTP 邮件(ZHENXING_ALERT_FROM 发件人、ZHENXING_ALERT_TO 收件人)。

    每晚结束时自动发送;每小时再运行一次也可以:说过的不重复,没有发出的下次补发。没有话要说时不发消息,退出码为 0;有渠道没有发出时为 1。

    例:[bold]zhenxing alerts --preview[/bold],[bold]zhenxing alerts --test[/bold]
    """
    if preview and test:
        raise Refused("--preview 不发送,不能与 --test 同用")
    home, now = Home.current(), datetime.now(UTC)
    if preview:
        _preview(home, now, as_json)
    elif test:
        _test(home, now, as_json)
    else:
        _tell(home, now, as_json)


def _preview(home: Home, now: datetime, as_json: bool) -> None:
    from orchestration.alerts.tell import preview

    _show(preview(home, now), as_json)


def _show(message: Message, as_json: bool) -> None:
    from orchestration.alerts.wording import as_text

    if as_json:
        print_json({"title": message.title, "text": as_text(message), **message.data})
    else:
        typer.echo(f"{message.title}\n\n{as_text(message)}", nl=False)


def _test(home: Home, now: datetime, as_json: bool) -> None:
    from orchestration.alerts.tell import NO_CHANNEL, test_channels

    outcomes = test_channels(home, now)
    if as_json:
        print_json(
            {"channels": [{"channel": o.channel.name, "sent": o.sent, "why_zh": o.why} for o in outcomes]}
        )
    else:
        for outcome in outcomes:
            why = f":{outcome.why}" if outcome.why else ""
            typer.echo(f"{'✓' if outcome.sent else '✗'} {outcome.channel.title}{why}")
        if not outcomes:
            typer.echo(NO_CHANNEL)
    if not outcomes or not all(outcome.sent for outcome in outcomes):
        raise typer.Exit(1)


def _tell(home: Home, now: datetime, as_json: bool) -> None:
    from orchestration.alerts.tell import NO_CHANNEL, every_hour

    told = every_hour(home, now)
    if as_json:
        print_json(_told(told))
    elif not told.channels:
        typer.echo(NO_CHANNEL)
    else:
        for line in told.lines() or ["没有新情况,不发消息"]:
            typer.echo(line)
    if told.failed or told.reminded.failed:
        raise typer.Exit(1)


def _told(told: Told) -> dict:
    return {
        "alerts": [{**asdict(alert), "since": alert.since.isoformat()} for alert in told.alerts],
        "channels": told.channels,
        "sent": told.sent,
        "failed": [*told.failed, *told.reminded.failed],
        "reminded": told.reminded.sent,
        "mailed": told.reminded.mailed,
    }


def remind(
    period: Annotated[
        str | None,
        typer.Option(metavar="P", help="报告期,如 2021-08 月、2021-W35 周;逾期的也催报;默认截止日临近的各期"),
    ] = None,
    days: Annotated[int, typer.Option(metavar="N", min=0, max=31, help="几天之内截止的")] = 2,
    preview: Annotated[bool, typer.Option("--preview", help="只显示谁还欠报和将发的文字,不发送")] = False,
    as_json: AsJson = False,
) -> None:
    """催报:按市列出还没有报齐的单位,发到告警渠道;数据目录里有 contacts.csv 的,另发邮件给各单位。

    每晚在截止日前两天和当天自动催报,每个单位每次只催一遍;手工催报每天一遍。

    contacts.csv 每行一个单位的一个邮箱,列为 unit_code,email。

    例:[bold]zhenxing remind --period 2021-09 --preview[/bold]
    """
    home, now = seen(None), datetime.now(UTC)
    key = period_key(period) if period else None
    if preview:
        _preview_reminders(home, now, days, key, as_json)
    else:
        _remind(home, now, days, key, as_json)


def _preview_reminders(home: Home, now: datetime, days: int, period: str | None, as_json: bool) -> None:
    from orchestration.alerts.remind import reminders_asked
    from orchestration.alerts.reminders import to_bureau, to_unit
    from orchestration.alerts.wording import as_text
    from orchestration.periods import day_of
    from orchestration.rulings import RulingError

    try:
        reminders = reminders_asked(home, now, days, period)
    except RulingError as error:
        raise Refused(str(error)) from error
    today = day_of(now)
    if as_json or not reminders:
        _say_reminders(reminders, as_json)
        return
    _show(to_bureau(reminders, today), as_json=False)
    letter = to_unit(reminders[0].owing[0], today)
    typer.echo(f"\n给各单位的邮件,以第一个为例:\n\n{letter.title}\n\n{as_text(letter)}", nl=False)


def _say_reminders(reminders: list[Reminder], as_json: bool) -> None:
    from orchestration.alerts.reminders import as_data

    if as_json:
        print_json({"reminders": [as_data(reminder) for reminder in reminders]})
    else:
        typer.echo("没有需要催报的单位")


def _remind(home: Home, now: datetime, days: int, period: str | None, as_json: bool) -> None:
    from orchestration.alerts.remind import remind_asked
    from orchestration.alerts.reminders import as_data
    from orchestration.alerts.tell import NO_CHANNEL

    found = remind_asked(home, now, days, period)
    if as_json:
        print_json(
            {
                "channels": found.channels,
                "reminders": [as_data(reminder) for reminder in found.reminders],
                "sent": found.sent,
                "mailed": found.mailed,
                "failed": found.failed,
            }
        )
    elif not found.channels:
        typer.echo(NO_CHANNEL)
    else:
        for line in _reminded_lines(found):
            typer.echo(line)
    if found.failed:
        raise typer.Exit(1)


def _reminded_lines(found: Reminded) -> list[str]:
    if not found.reminders and not found.failed:
        return ["没有需要催报的单位"]
    return found.lines() or ["今天已催报过,不再重复"]
