"""What the command asks of mistakes: which kinds, and where the answers go."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from orchestration.home import Home
from orchestration.periods import Period
from sample.mistakes import KINDS


def chosen_kinds(keys: Sequence[str]) -> tuple[str, ...]:
    """The kinds asked for, in the registry's order; all when none is named. Raises ValueError, in Chinese."""
    if unknown := [key for key in keys if key not in KINDS]:
        raise ValueError(f"没有这种差错:{'、'.join(unknown)};可选:{'、'.join(KINDS)}")
    return tuple(key for key in KINDS if not keys or key in keys)


def answers_path(asked: Path | None, out: Path, home: Home, period: Period) -> Path:
    """Where the answers go: never where workbooks are sent to. Raises ValueError, in Chinese."""
    if asked is None:
        name = f"answers_{period.key}.csv"
        folder = out.parent / f"{out.name}_answers" if out != home.inbox else home.root / "var" / "sample"
        return folder / name
    if out.resolve() in asked.resolve().parents:
        raise ValueError(f"答案不能写在报表所在的目录里:{asked}")
    return asked
