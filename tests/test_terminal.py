"""What senders wrote, on a terminal: shown as text, neither as markup nor as orders to the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.home import Home
from orchestration.screen import print_summary
from orchestration.summary import Failing, Summary
from orchestration.terminal import terminal

HOSTILE = "[/red][bold]粗[/bold] [link=http://x]链[/link] [/] \x1b]0;标题\x07\x1b[31m红\x9b31m\u202e反"


def summary(**given) -> Summary:
    nothing = {
        "outcome": "published",
        "period": "2021-08",
        "periods": ["2021-08"],
        "received": 1,
        "new": 1,
        "submissions": {},
        "unreadable": [],
        "waiting": [],
        "failing": [],
        "rules": {},
        "blocking": [],
        "figures": [],
        "published": None,
        "bulletins": [],
        "seconds": 1.0,
        "seconds_by_step": {},
        "peak_memory_mb": {"process": 1, "largest_worker": 1},
        "error": None,
        "log": "log",
        "receipts": None,
        "receipts_written": 0,
    }
    return Summary(**{**nothing, **given})


def assert_harmless(shown: str) -> None:
    assert "[/red][bold]粗[/bold]" in shown
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(shown)


def test_a_file_name_is_shown_as_it_is_at_the_end_of_a_night(capsys: pytest.CaptureFixture):
    unreadable = [{"file": HOSTILE, "code": "U-TEXT", "why": HOSTILE}]
    print_summary(terminal(), summary(unreadable=unreadable))
    assert_harmless(capsys.readouterr().out)


def test_the_name_of_a_unit_is_shown_as_it_is_at_the_end_of_a_night(capsys: pytest.CaptureFixture):
    failing = [Failing("R-LOAN-1-1", "标题", "error", {HOSTILE: 1})]
    print_summary(terminal(), summary(failing=failing))
    assert_harmless(capsys.readouterr().out)


def test_a_failure_that_is_waived_is_shown_as_such_at_the_end_of_a_night(capsys: pytest.CaptureFixture):
    failing = [Failing("R-LOAN-2-1", "标题", "error", {"山阳县": 1, "石泉县": 2}, waived=["山阳县"])]
    print_summary(terminal(), summary(failing=failing))
    assert "山阳县(1处,已豁免)、石泉县(2处)" in capsys.readouterr().out


def test_why_a_night_failed_is_shown_as_it_is(capsys: pytest.CaptureFixture):
    print_summary(terminal(), summary(outcome="failed", error=HOSTILE))
    assert_harmless(capsys.readouterr().out)


def test_a_refusal_repeats_what_was_typed_as_it_is(home: Home, capsys: pytest.CaptureFixture):
    assert main(["check", HOSTILE]) == 1
    assert_harmless(capsys.readouterr().err)


def test_a_file_checked_is_named_as_it_is(tmp_path: Path, home: Home, capsys: pytest.CaptureFixture):
    name = HOSTILE.replace("/", "∕") + ".xlsx"
    (tmp_path / name).write_bytes("不是表格".encode())
    assert main(["check", str(tmp_path / name)]) == 2
    shown = capsys.readouterr().out
    assert "[∕red][bold]粗[∕bold]" in shown
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(shown)
