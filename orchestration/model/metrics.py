"""Prepares the folder in which ``mf`` asks the published file: ``make metrics``.

MetricFlow reads the dbt project in the current folder and the semantic manifest under its ``target``. ``var/metrics`` is such
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
PROJECT, PROFILES = "dbt_project.yml", "profiles.yml"


def folder(home: Home) -> Path:
    return home.root / "var" / "metrics"


def prepare(home: Home) -> Path:
    """Writes the folder for the project as it is now. Raises ModelFailed when the project does not parse."""
    asked = folder(home)
    where_mf_looks = ("--target-path", str(asked / "target"))
    # Seen as a past home, whose build lies here: what dbt parsed for the night is left alone.
    run(home.past(asked, home.root), "parse", "--target", TARGET, *where_mf_looks, "--no-partial-parse")
    replace_bytes(asked / PROJECT, (DBT_PROJECT / PROJECT).read_bytes())
    replace_bytes(asked / PROFILES, _profiles().encode())
    return asked


def _profiles() -> str:
    """The project's own, with the published file as what is meant when nothing is said."""
    profiles = yaml.safe_load((DBT_PROJECT / PROFILES).read_text(encoding="utf-8"))
    for profile in profiles.values():
        profile["target"] = TARGET
    return yaml.safe_dump(profiles)


if __name__ == "__main__":
    print(
        f"cd {prepare(Home.current())} && mf query --metrics monitored_households_total --group-by metric_time"
    )
