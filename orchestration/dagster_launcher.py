"""Dagster's launcher, which can tell when the process of a run is gone: run monitoring then ends the run.

The stock one says that it cannot tell. The code server notices a process that dies under it, but not one that died with it
(power cut, ``kill -9`` of the service), nor a ``zhenxing nightly`` that was killed. It stands on the stock class, and Dagster is
pinned exactly. Belongs here: that difference. Does not belong here: settings (``dagster_home``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from dagster._core.launcher.default_run_launcher import DefaultRunLauncher
from dagster._serdes import ConfigurableClassData

from orchestration.home import Home
from orchestration.killed_runs import is_gone


class WatchedRunLauncher(DefaultRunLauncher):
    """Asks the home whether a run is alive."""

    def __init__(self, home: str, inst_data: ConfigurableClassData | None = None):
        self._home = Home(Path(home))
        super().__init__(inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        return {"home": str}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> WatchedRunLauncher:
        return cls(inst_data=inst_data, **config_value)

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        record = self._instance.get_run_record_by_id(run.run_id)
        if record is not None and is_gone(self._home, record):
            return CheckRunHealthResult(WorkerStatus.FAILED, "its process is gone")
        return CheckRunHealthResult(WorkerStatus.RUNNING)
