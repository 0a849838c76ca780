"""A step of a night that is killed, or loses its disk, at any instant: done again, all is as if it had not been disturbed.

A short part of what ``make faults`` tries by the thousand, in the harness's own process. Belongs here: running that part.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from orchestration.home import Home

HARNESS = Path(__file__).parent


# What lies before publishing, publishing itself, and two that follow it.
WORKS = ("receive", "publish_again", "receipts", "site")
KILLS = 20


def test_what_is_disturbed_at_any_instant_is_as_undisturbed_when_done_again(
    published_small_province: Home, tmp_path: Path
):
    begun = ("--home", published_small_province.root, "--folder", tmp_path)
    asked = [*begun, "--kills", KILLS, "--works", *WORKS]
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
    assert len(tried) == len(WORKS)
