"""How the last night ended, written down at its end, so that the hour can say what the night could not.

The reason of a failure is said in our own words. What an error says is left to the log: it may hold what somebody typed into
a cell. Belongs here: the note of a night's end, and the troubles it speaks of. Does not belong here: what a night is.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from orchestration.alerts.alert import PUBLISH_BLOCKED, RUN_FAILED, Alert
from orchestration.alerts.memory import folder, read_json, write_json
from orchestration.home import Home
from orchestration.night import STEPS
from orchestration.periods import day_of, minute_of
from orchestration.personal import hide

DONE, FAILED, BLOCKED = "done", "failed", "blocked"

# Errors whose words are the pipeline's own, without what a cell holds: a line each.
_OWN_WORDS = ("RulingError", "UnitsError", "KeyRefused", "Exposed", "Damaged", "NotSet")
_BLOCKED = "PublishBlocked"
_MODEL_FAILED = "ModelFailed"
_SYSTEM = {
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "磁盘配额用完",
    errno.EACCES: "没有读写权限",
    errno.EPERM: "没有读写权限",
    errno.EROFS: "文件系统只读",
    errno.ENOMEM: "内存不足",
    errno.EIO: "磁盘读写出错",
}
_SHOWN = 5
# What follows a publication: where it alone failed, readers have the figures.
_FOLLOWING = set(list(STEPS.values())[list(STEPS).index("publish") + 1 :])


@dataclass(frozen=True, slots=True)
class NightEnd:
    """A night that has ended, or a run of Dagster. Moments are UTC; ``since``: when nights began to end like this.

    ``steps``: what failed, as on the screen; ``reasons``: why, in Chinese. A night that does not publish because an earlier
    publication was put back is ``done``: that it holds is seen from the publication itself.
    """

    ended_at: datetime
    outcome: str
    since: datetime
    steps: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def ended(errors: Mapping[str, tuple[str, str]], now: datetime) -> NightEnd:
    """The end of a night with these errors: by step, the name of the error's class and its words."""
    troubles = {step: error for step, error in errors.items() if error[0] != "PublishHeld"}
    if not troubles:
        return NightEnd(now, DONE, now)
    blocked = any(name == _BLOCKED for name, _ in troubles.values())
    reasons = [reason for name, words in troubles.values() for reason in reasons_of(name, words)]
    steps = tuple(STEPS.get(step, step) for step in troubles)
    return NightEnd(now, BLOCKED if blocked else FAILED, now, steps, tuple(reasons))


def raised(errors: Mapping[str, Exception], error: Exception | None) -> dict[str, tuple[str, str]]:
    """What ``ended`` takes, of a night in this process: what its steps raised, and what ended it outside of them."""
    found = dict(errors)
    if error is not None and error not in errors.values():
        found["启动或登记"] = error
    return {step: (type(each).__name__, str(each)) for step, each in found.items()}


def reasons_of(name: str, words: str) -> list[str]:
    """Why something failed, in words without anything a cell may hold."""
    if name == _BLOCKED:
        return [hide(reason) for reason in words.strip().split(";") if reason]
    if name in _OWN_WORDS:
        return [hide(line) for line in words.strip().splitlines()]
    if name == _MODEL_FAILED:
        models = re.findall(r"(?:^|;\s*)([a-z][a-z0-9_]*):", words)
        return [f"模型没有建成:{'、'.join(models[:_SHOWN])}"] if models else ["模型没有建成"]
    if number := re.search(r"\[Errno (\d+)\]", words):
        return [_SYSTEM.get(int(number[1]), f"系统错误 {errno.errorcode.get(int(number[1]), number[1])}")]
    if "No space left on device" in words:
        return [_SYSTEM[errno.ENOSPC]]
    return [f"程序出错({name})"] if name else []


def note_end(home: Home, end: NightEnd) -> None:
    """Writes the end of a night down. One like the night before's keeps the moment since when."""
    before = last_end(home)
    if before is not None and before.outcome == end.outcome:
        end = replace(end, since=before.since)
    write_json(_file(home), asdict(end))


def last_end(home: Home) -> NightEnd | None:
    """How the last night ended; None where none has been noted."""
    said = read_json(_file(home))
    if not said:
        return None
    moments = {name: datetime.fromisoformat(said[name]) for name in ("ended_at", "since")}
    return NightEnd(
        outcome=said["outcome"], steps=tuple(said["steps"]), reasons=tuple(said["reasons"]), **moments
    )


def last_worked(home: Home) -> datetime | None:
    """When a night was last at work: its noted end, or before there are notes the register's last change."""
    if end := last_end(home):
        return end.ended_at
    return datetime.fromtimestamp(home.register.stat().st_mtime, UTC) if home.register.exists() else None


def night_alerts(home: Home) -> list[Alert]:
    """What there is to say of the last night's end."""
    end = last_end(home)
    return alerts_of(end) if end else []


def alerts_of(end: NightEnd) -> list[Alert]:
    """What there is to say of a night's end."""
    if end.outcome == DONE:
        return []
    more = (f"另有{len(end.reasons) - _SHOWN}条",) if len(end.reasons) > _SHOWN else ()
    lines = (*end.reasons[:_SHOWN], *more)
    if end.outcome == BLOCKED:
        return [_blocked(end, lines)]
    steps = "、".join(end.steps)
    if set(end.steps) <= _FOLLOWING:
        title, action = f"夜间处理已发布,没有写完:{steps}", "下一晚自动补做;一再出现时查看运行日志"
    else:
        title, action = (
            f"夜间处理没有完成:{steps}",
            "查看运行日志,排除后运行 zhenxing nightly;现行发布不受影响",
        )
    title = f"{title}({minute_of(end.ended_at)})"
    return [Alert(RUN_FAILED, "night", title, day_of(end.since), lines, items=end.steps, action=action)]


def _blocked(end: NightEnd, lines: tuple[str, ...]) -> Alert:
    return Alert(
        PUBLISH_BLOCKED,
        "rules",
        f"发布受阻:{len(end.reasons)}项全省性审核没有通过({minute_of(end.ended_at)})",
        day_of(end.since),
        lines,
        items=tuple(" ".join(reason.split(":")[0].split()[:2]) for reason in end.reasons),
        action="核对这些规则所涉的数字,改正后下一晚自动发布;在此之前读者看到的仍是上一次发布的数据",
    )


def _file(home: Home) -> Path:
    return folder(home) / "night.json"
