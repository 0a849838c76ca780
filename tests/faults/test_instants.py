"""A step of a night that is killed, or loses its disk, at any instant: done again, all is as if it had not been disturbed.

A short part of what ``make faults`` tries by the thousand, in the harness's own process. Belongs here: running that part.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.home import Home

HARNESS = Path(__file__).parent


@pytest.mark.parametrize(
    ("works", "kills"),
    [(("receive", "land", "receipts", "site"), 20), (("publish_again", "putback"), 10)],
    ids=["before and after publishing", "publishing"],
)
def test_what_is_disturbed_at_any_instant_is_as_undisturbed_when_done_again(
    works: tuple[str, ...], kills: int, published_small_province: Home, tmp_path: Path
):
    asked = [
        "--home",
        published_small_province.root,
        "--folder",
        tmp_path,
        "--kills",
        kills,
        "--works",
        *works,
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, HARNESS, *map(str, asked)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    tried = [line for line in done.stdout.splitlines() if line.startswith("| kill -9")]
    assert len(tried) == len(works)
