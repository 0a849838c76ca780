"""What is wrong with one file, in words for whoever must mend it.

Belongs here: kinds of files, what is lost with each, and what to do. Does not belong here: finding and mending.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

ARCHIVE, LANDED, BATCH, SNAPSHOT = "archive", "landed", "batch", "submissions"
JUDGED, RULES, LEDGER, PUBLISHED = "judged", "rules", "ledger", "published"
REGISTER, KEY = "register", "key"

KINDS_ZH = {
    ARCHIVE: "存档原件",
    LANDED: "入湖数据",
    BATCH: "入湖批次清单",
    SNAPSHOT: "登记簿快照",
    JUDGED: "审核记录",
    RULES: "规则目录",
    LEDGER: "发布台账",
    PUBLISHED: "已发布文件",
    REGISTER: "报送登记簿",
    KEY: "假名密钥",
}

_MEND = "运行 zhenxing scrub --rebuild"
_BACKUP = "运行 zhenxing scrub --rebuild --backup 备份目录"
REMEDIES_ZH = {
    ARCHIVE: f"收件箱里还有同一文件时{_MEND},否则{_BACKUP}",
    LANDED: f"{_MEND},由存档原件重新入湖",
    BATCH: f"{_MEND},下一晚由存档原件重新入湖",
    SNAPSHOT: f"{_MEND},由登记簿重写",
    JUDGED: f"{_BACKUP};没有备份时加 --judge-anew,由下一晚重新审核(原来的审核时间不再可查)",
    RULES: _BACKUP,
    LEDGER: _BACKUP,
    PUBLISHED: f"{_MEND},由现行发布或其保留副本重写",
    REGISTER: "停止夜间任务,从备份恢复登记簿(zhenxing restore);存档原件仍在",
    KEY: "从备份恢复密钥(zhenxing restore,或恢复环境变量);用别的密钥入湖,同一人前后对不上",
}


@dataclass(frozen=True, slots=True)
class Damage:
    """A file that is not what was vouched for. ``file`` is relative to the home; ``of``: whose or which it is (Chinese).

    ``expected`` and ``found`` are SHA-256 where the file has one; ``found`` is None of a file that is not there. ``mended``:
    how it was mended (Chinese), None of what still stands."""

    file: str
    kind: str
    of: str
    expected: str | None = None
    found: str | None = None
    mended: str | None = None

    @property
    def stands(self) -> bool:
        return self.mended is None

    @property
    def remedy(self) -> str:
        return REMEDIES_ZH[self.kind]

    @property
    def line_zh(self) -> str:
        """One line that names the file and what it is."""
        state = "缺失" if self.found is None else "内容已变"
        return f"{self.file}({KINDS_ZH[self.kind]},{self.of}):{state}"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "kind_zh": KINDS_ZH[self.kind], "remedy_zh": self.remedy}


class Damaged(Exception):
    """The night cannot build on what lies in the home. The message names each file, and what to do (Chinese)."""

    def __init__(self, damages: Sequence[Damage]):
        lines = [f"{damage.line_zh};{damage.remedy}" for damage in damages]
        super().__init__("数据文件已损坏,未作任何发布:" + "\n".join(lines))
        self.damages = tuple(damages)
