"""The dbt marts as their contracts state them: columns with types and descriptions, read from YAML without dbt.

Belongs here: what a mart says it has. Does not belong here: what a dashboard makes of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from orchestration.home import DBT_PROJECT

MODELS = DBT_PROJECT / "models"
_DOC = re.compile(r"\{% docs (\w+) %\}\s*(.*?)\s*\{% enddocs %\}", re.DOTALL)
_REFERENCE = re.compile(r"""\{\{\s*doc\(\s*["'](\w+)["']\s*\)\s*\}\}""")
_LABEL = re.compile(r"[^:：,，;；(（]+")


@dataclass(frozen=True, slots=True)
class Column:
    """``data_type`` as the contract writes it; ``description`` is 中文 | English."""

    name: str
    data_type: str
    description: str

    @property
    def chinese(self) -> str:
        return self.description.split(" | ", maxsplit=1)[0]

    @property
    def label(self) -> str:
        """The first words of the Chinese description, up to what explains them: 所属市 of 所属市,省本级为空."""
        match = _LABEL.match(self.chinese)
        return match[0].strip() if match else self.name


@dataclass(frozen=True, slots=True)
class Mart:
    name: str
    description: str
    columns: dict[str, Column]
    path: Path


def load_marts(models: Path = MODELS) -> dict[str, Mart]:
    """Every model with a contract, by name: those of ``marts/`` and the facts on the cards of ``datasets/``."""
    docs = _docs(models / "docs.md")
    marts = {}
    for path in sorted([*(models / "marts").glob("*.yml"), *(models / "datasets").glob("*.yml")]):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            columns = {column["name"]: _column(column, docs) for column in model.get("columns", [])}
            marts[model["name"]] = Mart(model["name"], model.get("description", ""), columns, path)
    return marts


def _column(said: dict, docs: dict[str, str]) -> Column:
    words = _REFERENCE.sub(lambda match: docs[match[1]], said.get("description", ""))
    return Column(said["name"], said["data_type"], words)


@cache
def _docs(path: Path) -> dict[str, str]:
    return dict(_DOC.findall(path.read_text(encoding="utf-8")))
