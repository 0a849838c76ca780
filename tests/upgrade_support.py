"""Cards as they may be after an upgrade: a copy of the project's, edited, that everything in this process reads.

Belongs here: the copy and its edits. Does not belong here: what is tested with it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from orchestration import cards

GENUINE = cards.CARDS
Edit = Callable[[dict], None]


def edited_cards(folder: Path, monkeypatch: pytest.MonkeyPatch, **edits: Edit) -> Path:
    """Copies the cards into a folder, lets each edit change the table of its dataset, and makes them today's cards."""
    copied = folder / "datasets"
    shutil.copytree(GENUINE, copied)
    for dataset, edit in edits.items():
        edit_card(copied / f"{dataset}.yml", edit)
    monkeypatch.setattr(cards, "CARDS", copied)
    return copied


def edit_card(path: Path, edit: Edit) -> None:
    """Changes the source table of one card file."""
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    edit(said["sources"][0]["tables"][0])
    path.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8")
