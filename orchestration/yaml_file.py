"""YAML files of the project, read by libyaml where Python has it: cards and dictionary are read by every command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """What the file says; None where it is empty."""
    return yaml.load(path.read_text(encoding="utf-8"), _LOADER)
