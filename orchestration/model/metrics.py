"""Prepares the folder in which ``mf`` asks the published file: ``make metrics``.

MetricFlow reads a dbt project in the current folder and the semantic manifest under its ``target``. ``var/metrics`` is such
a project, of the semantic layer alone and on the published file, so that neither the repository nor the night's own build
is touched, and ``mf`` needs no option and no environment.

Belongs here: that folder. Does not belong here: metrics (``semantic``), and asking.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from orchestration.files import replace_bytes
from orchestration.home import DBT_PROJECT, Home
from orchestration.model.dbt import run

TARGET = "published"


def folder(home: Home) -> Path:
    return home.root / "var" / "metrics"


def prepare(home: Home) -> Path:
    """Writes the folder for the project as it is now. Raises ModelFailed when the project does not parse."""
    asked = folder(home)
    target = asked / "target"
    target.mkdir(parents=True, exist_ok=True)
    run(home, "parse", "--target", TARGET, "--target-path", str(target), "--no-partial-parse")
    replace_bytes(asked / "dbt_project.yml", (DBT_PROJECT / "dbt_project.yml").read_bytes())
    profiles = yaml.safe_load((DBT_PROJECT / "profiles.yml").read_text(encoding="utf-8"))
    for profile in profiles.values():
        profile["target"] = TARGET
    replace_bytes(asked / "profiles.yml", yaml.safe_dump(profiles).encode())
    return asked


if __name__ == "__main__":
    print(prepare(Home.current()))
