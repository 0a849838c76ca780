"""What lies outside the home: the PostgreSQL servers that are named, and whom alerts would reach.

Belongs here: asking whether they answer; nothing is sent. Does not belong here: using them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from orchestration.alerts.channels import Unusable, configured
from orchestration.doctor.finding import Finding, bad, ok, warn
from orchestration.home import Home
from orchestration.publish.postgres.address import PostgresFailed, parse
from orchestration.settings import DAGSTER_POSTGRES_URL, POSTGRES_URL, Setting

if TYPE_CHECKING:
    from psycopg2.extensions import connection


def published_postgres(_: Home) -> Iterator[Finding]:
    yield from _asked(POSTGRES_URL, "没有设置,不写入 PostgreSQL")


def dagster_postgres(_: Home) -> Iterator[Finding]:
    yield from _asked(DAGSTER_POSTGRES_URL, "没有设置,运行记录存于数据目录")


def _asked(setting: Setting, without: str) -> Iterator[Finding]:
    if not setting.value:
        yield ok(without)
        return
    import psycopg2  # noqa: PLC0415  (only where a server is named)

    try:
        address = parse(setting.value)
    except PostgresFailed:
        yield bad(
            f"{setting.name} 不是 postgresql://用户:密码@主机:端口/库名 的写法",
            "改正;密码里的特殊字符写成 %xx",
        )
        return
    if not setting.value.startswith("postgresql://"):
        yield bad(f"{setting.name} 须以 postgresql:// 开头", "把 postgres:// 改为 postgresql://")
        return
    try:
        with closing(_connected(setting.value)) as server:
            version = server.server_version // 10000
    except psycopg2.OperationalError as error:
        said = address.discreet(str(error)).strip().splitlines()
        yield bad(
            f"连不上 {address.place}:{said[0] if said else '没有回答'}",
            "sudo systemctl status postgresql;核对主机、端口、密码",
        )
        return
    yield ok(f"{address.place} 可以连接(PostgreSQL {version})")


def _connected(url: str) -> connection:
    import psycopg2  # noqa: PLC0415

    return psycopg2.connect(url, connect_timeout=2)


def alerts(_: Home) -> Iterator[Finding]:
    channels = configured()
    wrong = [channel for channel in channels if isinstance(channel, Unusable)]
    for channel in wrong:
        yield bad(f"{channel.title}:{channel.why}", "改正环境变量后 zhenxing alerts --test")
    if not channels:
        yield warn(
            "没有告警渠道:出了问题没有人会知道",
            "设 ZHENXING_ALERT_…(docs/alerts.md)后 zhenxing alerts --test",
        )
    elif not wrong:
        yield ok("、".join(channel.title for channel in channels))
