"""Damaged files, as the last scrub or the last night found them. Belongs here: telling of them. Does not belong here: finding."""

from __future__ import annotations

from datetime import date

from orchestration.alerts.alert import DAMAGE, Alert
from orchestration.home import Home
from orchestration.personal import hide

_SHOWN = 5


def damage_alerts(home: Home, today: date) -> list[Alert]:
    """What was found damaged and is not mended."""
    from orchestration.scrub.scrub import standing_damages  # noqa: PLC0415  (an hour without damage need not load it)

    if not (home.root / "var" / "scrub.json").exists():
        return []
    found = standing_damages(home)
    if not found:
        return []
    lines = [hide(f"{each['kind_zh']}({each['of']}):{each['remedy_zh']}") for each in found[:_SHOWN]]
    more = (f"另有{len(found) - _SHOWN}个",) if len(found) > _SHOWN else ()
    return [
        Alert(
            DAMAGE,
            "files",
            f"{len(found)}个数据文件损坏或缺失",
            today,
            (*lines, *more),
            items=tuple(sorted(each["file"] for each in found)),
            action="运行 zhenxing scrub 逐一查看,按上述办法修复",
        )
    ]
