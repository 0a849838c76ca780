"""The machine and what is installed on it: Python, packages, bytecode, clock, and who asks.

Belongs here: checks that look at no data. Does not belong here: the home.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orchestration.doctor.finding import Finding, bad, ok, warn
from orchestration.doctor.register import last_received
from orchestration.home import PROJECT_ROOT, Home
from orchestration.periods import minute_of

LOCK = PROJECT_ROOT / "uv.lock"
_INSTALL = "make install"
# Slow to import when it has to be compiled each time: these make up most of a start.
_HEAVY = ("dagster", "dbt", "great_expectations", "pandas")
_SHOWN = 5


def python(_: Home) -> Iterator[Finding]:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] == (3, 11):
        yield ok(f"Python {found}")
    else:
        yield bad(f"Python {found},需要 3.11", "安装 python3.11,删除 .venv 后 make install")


def packages(_: Home) -> Iterator[Finding]:
    """What is installed against what uv.lock names, over everything that the program needs."""
    needed = _needed(tomllib.loads(LOCK.read_text(encoding="utf-8")))
    wrong = []
    for name, (locked, optional) in sorted(needed.items()):
        found = _installed(name)
        if found != locked and not (found is None and optional):
            wrong.append(f"{name} {found or '没有安装'}(应为 {locked})")
    if wrong:
        more = f" 等 {len(wrong)} 个" if len(wrong) > _SHOWN else ""
        yield bad(f"与 uv.lock 不符:{'、'.join(wrong[:_SHOWN])}{more}", _INSTALL)
    else:
        yield ok(f"{len(needed)} 个软件包与 uv.lock 一致")


def _needed(lock: dict) -> dict[str, tuple[str, bool]]:
    """Version by name of all that the program depends on; whether only another system needs it."""
    known = {package["name"]: package for package in lock["package"]}
    needed: dict[str, tuple[str, bool]] = {}
    waiting = [(each, False) for each in known["zhenxing"]["dependencies"]]
    while waiting:
        dependency, optional = waiting.pop()
        optional = optional or "marker" in dependency
        name = dependency["name"]
        if name in needed and (optional or not needed[name][1]):
            continue
        needed[name] = (known[name]["version"], optional)
        waiting += [(each, optional) for each in known[name].get("dependencies", ())]
    return needed


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def bytecode(_: Home) -> Iterator[Finding]:
    """Without it each process compiles what it imports, which takes longer than the night's work."""
    mend = f"{Path(sys.prefix)}/bin/python -m compileall -q -j 0 {Path(sys.prefix)}/lib"
    if sys.dont_write_bytecode:
        yield warn("环境变量 PYTHONDONTWRITEBYTECODE 已设置,每次启动都重新编译", "去掉该环境变量")
    missing = [name for name in _HEAVY if not _is_compiled(name)]
    if missing:
        yield warn(f"没有编译好的字节码:{'、'.join(missing)},启动会很慢", mend)
    elif not sys.dont_write_bytecode:
        yield ok("软件包已编译为字节码")


def _is_compiled(name: str) -> bool:
    found = importlib.util.find_spec(name)
    if found is None or not found.origin:
        return True  # a package in parts, or none: what is missing is said by the packages
    return Path(importlib.util.cache_from_source(found.origin)).exists()


def clock(home: Home) -> Iterator[Finding]:
    """By the clock submissions are on time or late, and by the zone a night begins at two."""
    try:
        ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError:
        yield bad("没有时区数据,认不出 Asia/Shanghai", "sudo apt-get install tzdata")
        return
    now, last = datetime.now(UTC), last_received(home)
    if last is not None and now < last:
        yield bad(
            f"时钟比最后一次收件还早:现在 {minute_of(now)},最后收件 {minute_of(last)}",
            "sudo timedatectl set-ntp true,或校准时钟",
        )
    else:
        yield ok(f"北京时间 {minute_of(now)}")


def who(home: Home) -> Iterator[Finding]:
    """Whoever does not own the home writes files that the services cannot."""
    if not home.root.exists():
        return
    owner, asking = home.root.stat().st_uid, os.geteuid()
    if owner == asking:
        yield ok("以数据目录的所有者身份运行")
    else:
        yield bad(
            f"数据目录属于用户 {_user(owner)},现以 {_user(asking)} 运行,写出的文件服务会读不了",
            f"sudo -u {_user(owner)} zhenxing …(或用 deploy/systemd/zhenxing)",
        )


def _user(number: int) -> str:
    import pwd  # noqa: PLC0415  (a number without a name is shown as it is)

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
