"""What is wrong, told: collected, put against what each channel was told before, sent, and remembered channel by channel.

Nothing here fails a night: what could not be sent is said in the night's log and summary, and is sent the next time. Belongs here:
the order of these, after a night and at any hour. Does not belong here: each of them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from orchestration import settings
from orchestration.alerts.alert import RUN_FAILED, Alert, Message
from orchestration.alerts.channels import configured
from orchestration.alerts.collect import collect
from orchestration.alerts.delivery import LIMITS, Limits, Outcome, deliver
from orchestration.alerts.digest import digest, message, told
from orchestration.alerts.memory import read_said, speaking, write_said
from orchestration.alerts.naming import NAME
from orchestration.alerts.nights import NightEnd, alerts_of, ended, last_worked, note_end, reasons_of
from orchestration.alerts.remind import UNSENT, Reminded, remind_by_night
from orchestration.dagster_home import LogFile, log_file
from orchestration.home import Home
from orchestration.periods import day_of, minute_of
from orchestration.report.site.due import PROVINCE_PAGE, site_folder

NO_CHANNEL = (
    "没有设置告警渠道:设环境变量 ZHENXING_ALERT_DINGTALK、ZHENXING_ALERT_WECOM、ZHENXING_ALERT_WEBHOOK 或 ZHENXING_ALERT_SMTP,"
    "说明见 zhenxing alerts --help"
)


@dataclass(slots=True)
class Told:
    """What was told. ``channels``: the titles of those that there are; ``sent``: of those a message reached; ``failed``: why
    something was not sent, ``remarks`` what is to be said of what was, in Chinese lines."""

    alerts: list[Alert] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    reminded: Reminded = field(default_factory=Reminded)

    def lines(self) -> list[str]:
        """The same in Chinese lines, for a log and a screen; none where there was nothing to say."""
        said = [f"告警已发:{'、'.join(self.sent)}"] if self.sent else []
        return [*said, *self.remarks, *(f"{UNSENT}:{why}" for why in self.failed), *self.reminded.lines()]


def after_night(
    home: Home, errors: Mapping[str, tuple[str, str]], now: datetime | None = None, limits: Limits = LIMITS
) -> Told:
    """Notes how a night ended (by failed step: the error's class and words), then tells and reminds. Never raises."""
    now = now or datetime.now(UTC)
    end = ended(errors, now)
    try:
        note_end(home, end)
        return every_hour(home, now, limits)
    except Exception as error:  # a full disk, say: the night stands all the same
        found = _without_memory(home, end, error, limits)
        _log(home, found)
        return found


def _without_memory(home: Home, end: NightEnd, error: Exception, limits: Limits) -> Told:
    """Where nothing can be noted or remembered, how the night ended is told all the same, and that; each night again."""
    reasons = reasons_of(type(error).__name__, str(error))
    today = day_of(end.ended_at)
    trouble = Alert(
        RUN_FAILED, "alerting", "告警程序出错", today, tuple(reasons), action="检查磁盘空间和数据目录的权限"
    )
    found = Told(alerts=[*alerts_of(end), trouble], failed=[f"告警程序出错:{'、'.join(reasons)}"])
    try:
        said = message(digest(found.alerts, {}, today), where_to_look(home))
        for outcome in deliver([(channel, said) for channel in configured()], limits):
            (found.sent if outcome.sent else found.failed).append(outcome.channel.title)
    except Exception as second:
        found.failed.append(f"告警程序出错({type(second).__name__})")
    return found


def every_hour(home: Home, now: datetime, limits: Limits = LIMITS) -> Told:
    """Tells what is news, and sends what is left of today's reminders. Before the day's night nobody is reminded: what came
    since the last one is not received yet."""
    found = tell(home, now, limits)
    last = last_worked(home)
    if found.channels and last is not None and day_of(last) == day_of(now):
        found.reminded = remind_by_night(home, now, limits)
    _log(home, found)
    return found


def tell(home: Home, now: datetime, limits: Limits = LIMITS) -> Told:
    """Sends each channel what is news to it. Without channels nothing is collected."""
    channels = configured()
    found = Told(channels=[channel.title for channel in channels])
    if not channels:
        return found
    with speaking(home):
        found.alerts = collect(home, now)
        today = day_of(now)
        news = {
            channel.name: digest(found.alerts, read_said(home, channel.name), today) for channel in channels
        }
        messages = [
            (channel, message(news[channel.name], where_to_look(home)))
            for channel in channels
            if news[channel.name].has_news
        ]
        for outcome in deliver(messages, limits):
            if outcome.sent:
                write_said(home, outcome.channel.name, told(news[outcome.channel.name]))
                found.sent.append(outcome.channel.title)
            if outcome.why:
                noted = found.remarks if outcome.sent else found.failed
                noted.append(f"{outcome.channel.title}:{outcome.why}")
    return found


def preview(home: Home, now: datetime) -> Message:
    """All that is wrong as one message, as a channel that was told nothing would get it."""
    return message(digest(collect(home, now), {}, day_of(now)), where_to_look(home))


def test_channels(home: Home, now: datetime, limits: Limits = LIMITS) -> list[Outcome]:
    """Sends a message that says it is a test through each channel."""
    said = Message(
        title=f"{NAME}:测试消息",
        lead=f"这是{NAME}于 {minute_of(now)} 发出的测试消息,收到即表示告警渠道畅通,无需处理。",
        footer=where_to_look(home),
        data={"test": True},
    )
    return list(deliver([(channel, said) for channel in configured()], limits))


def where_to_look(home: Home) -> tuple[str, ...]:
    """The lines at the end of a message."""
    site = settings.ALERT_LINK.value or str(site_folder(home) / PROVINCE_PAGE)
    return (f"报送情况和数字:{site}", f"各单位回执:{home.receipts}", f"运行日志:{log_file(home)}")


def _log(home: Home, found: Told) -> None:
    """A line for each thing said or not, where Dagster's lines of the night are."""
    handler = LogFile(str(log_file(home)))
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    for line in found.lines():
        level = logging.WARNING if line.startswith(UNSENT) else logging.INFO
        handler.emit(logging.LogRecord("zhenxing.alerts", level, __file__, 0, line, None, None))
