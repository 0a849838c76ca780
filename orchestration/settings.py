"""What the environment may say to an installation: every variable, what it means and whether it is a secret.

Secrets come from the environment and from nowhere else; none is written to a file, a log or a message. Belongs here: the
variables, once, for the code that asks, ``zhenxing doctor`` and the documentation. Does not belong here: what a value leads to.
"""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable. ``says`` is for engineers (English), ``says_zh`` for ``zhenxing doctor``."""

    name: str
    says: str
    says_zh: str
    secret: bool = False

    @property
    def value(self) -> str | None:
        """What the environment holds, without blanks around it; None where it is empty or not set."""
        return os.environ.get(self.name, "").strip() or None


class NotSet(Exception):
    """A variable that this home needs is not set: a command was started outside the installation's environment."""

    def __init__(self, setting: Setting, why: str):
        super().__init__(f"环境变量 {setting.name}({setting.says_zh})没有设置:{why}")


HOME = Setting("ZHENXING_HOME", "the province's data (default: the repository root)", "数据目录")
PRODUCTION = Setting(
    "ZHENXING_PRODUCTION",
    "1 where real households are reported: a weak pseudonym key and an archive that others may read are refused",
    "正式环境(设为 1):密钥过弱或存档权限过宽时拒绝运行",
)
PSEUDONYM_KEY = Setting(
    "ZHENXING_PSEUDONYM_KEY",
    "the key that pseudonyms of ID numbers are made with",
    "身份证号假名所用密钥",
    secret=True,
)
POSTGRES_URL = Setting(
    "ZHENXING_POSTGRES_URL",
    "the PostgreSQL that the published tables are written to",
    "发布用 PostgreSQL",
    secret=True,
)
DAGSTER_POSTGRES_URL = Setting(
    "ZHENXING_DAGSTER_POSTGRES_URL",
    "the PostgreSQL that Dagster keeps its runs and events in (default: SQLite in the home)",
    "Dagster 存储用 PostgreSQL",
    secret=True,
)
ALERT_WEBHOOK = Setting(
    "ZHENXING_ALERT_WEBHOOK", "alerts as JSON by POST to this URL", "告警:通用 Webhook", secret=True
)
ALERT_DINGTALK = Setting("ZHENXING_ALERT_DINGTALK", "URL of a DingTalk robot", "告警:钉钉机器人", secret=True)
ALERT_DINGTALK_SECRET = Setting(
    "ZHENXING_ALERT_DINGTALK_SECRET", "the DingTalk robot's signing secret", "钉钉机器人加签密钥", secret=True
)
ALERT_WECOM = Setting("ZHENXING_ALERT_WECOM", "URL of a WeCom robot", "告警:企业微信机器人", secret=True)
ALERT_SMTP = Setting(
    "ZHENXING_ALERT_SMTP",
    "smtp://, smtps:// or smtp+starttls://USER:PASSWORD@HOST:PORT",
    "告警:邮件服务器",
    secret=True,
)
ALERT_FROM = Setting("ZHENXING_ALERT_FROM", "sender of alert mails", "告警邮件发件人")
ALERT_TO = Setting("ZHENXING_ALERT_TO", "recipients of alert mails, separated by commas", "告警邮件收件人")
ALERT_LINK = Setting(
    "ZHENXING_ALERT_LINK",
    "address at which the bureau reads the published site, named in alerts (default: the file's path)",
    "告警中给出的网站地址",
)
ALERT_NIGHT_HOURS = Setting(
    "ZHENXING_ALERT_NIGHT_HOURS",
    "hours without a night after which one is missed (default: 26)",
    "夜间处理超过多少小时没有运行即告警",
)

ALERTS = (
    ALERT_WEBHOOK,
    ALERT_DINGTALK,
    ALERT_DINGTALK_SECRET,
    ALERT_WECOM,
    ALERT_SMTP,
    ALERT_FROM,
    ALERT_TO,
    ALERT_LINK,
    ALERT_NIGHT_HOURS,
)
SETTINGS = (
    HOME,
    PRODUCTION,
    PSEUDONYM_KEY,
    POSTGRES_URL,
    DAGSTER_POSTGRES_URL,
    *ALERTS,
)


def in_production() -> bool:
    """Whether this installation says that it holds real households."""
    return PRODUCTION.value == "1"
