"""Every check of an installation, in the order in which a person would look; adding one touches this list and its function.

Belongs here: the list, and asking all of it whatever one of them raises. Does not belong here: a check.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.doctor import data, machine, nights, outside, places
from orchestration.doctor.finding import BAD, OK, WARN, Check, Finding, bad
from orchestration.home import Home

CHECKS = (
    Check("python", "Python", machine.python),
    Check("packages", "软件包", machine.packages),
    Check("bytecode", "字节码", machine.bytecode),
    Check("clock", "时钟", machine.clock),
    Check("home", "数据目录", places.folders),
    Check("user", "运行身份", machine.who),
    Check("private", "权限", places.private),
    Check("mode", "运行方式", data.mode),
    Check("space", "磁盘空间", places.space),
    Check("inodes", "文件数", places.inodes),
    Check("file_system", "文件系统", places.file_system),
    Check("inbox", "收件目录", places.inbox),
    Check("register", "报送登记", data.register),
    Check("archive", "存档", data.archive),
    Check("key", "假名密钥", data.key),
    Check("build", "在建数据仓库", data.build),
    Check("published", "已发布数据", data.published),
    Check("lock", "写入锁", nights.lock),
    Check("last_night", "上一晚", nights.last_night),
    Check("dagster_settings", "Dagster 设置", nights.dagster_settings),
    Check("schedule", "日程", nights.schedule),
    Check("backup", "备份", nights.backup),
    Check("dagster_postgres", "Dagster 的 PostgreSQL", outside.dagster_postgres),
    Check("postgres", "发布用 PostgreSQL", outside.published_postgres),
    Check("alerts", "告警", outside.alerts),
)
_WORST = (OK, WARN, BAD)


@dataclass(frozen=True, slots=True)
class Examined:
    """A check and what it found, at least one finding."""

    check: Check
    findings: tuple[Finding, ...]

    @property
    def level(self) -> str:
        return max((finding.level for finding in self.findings), key=_WORST.index)


def examine(home: Home) -> list[Examined]:
    """Asks every check. One with nothing to look at is left out."""
    examined = [Examined(check, tuple(_asked(check, home))) for check in CHECKS]
    return [each for each in examined if each.findings]


def _asked(check: Check, home: Home) -> list[Finding]:
    try:
        return list(check.ask(home))
    except (
        Exception
    ) as error:  # what a check did not foresee is a trouble of its own, not the end of the others
        return [bad(f"检查本身出错:{type(error).__name__}:{error}", "把这一行告诉维护人员")]
