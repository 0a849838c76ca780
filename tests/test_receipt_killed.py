"""What a killed writing of receipts leaves behind, and what becomes of it."""

from __future__ import annotations

from orchestration.audit.receipts.write import write_receipts
from orchestration.home import Home


def test_half_written_files_of_a_killed_night_are_cleared_away_wherever_they_lie(home: Home):
    unit = home.receipts / "2021-08" / "610122"
    unit.mkdir(parents=True)
    half = [unit / ".receipt.json.7.aa.tmp", home.receipts / "..states.json.7.bb.tmp"]
    whole = unit / "receipt.json"
    for path in (*half, whole):
        path.write_text("{}", encoding="utf-8")
    write_receipts(home)
    assert [path.exists() for path in half] == [False, False]
    assert whole.exists()
