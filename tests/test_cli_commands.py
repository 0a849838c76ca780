"""The ``zhenxing`` command: what it says, in which form, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from orchestration.cli import app, main
from orchestration.home import PROJECT_ROOT, Home
from orchestration.model.dbt import ModelFailed
from orchestration.night import Night
from orchestration.nightly import AnotherNight, Run
from orchestration.publish.held import PublishHeld
from orchestration.publish.ledger import Entry
from orchestration.publish.publish import PublishBlocked
from orchestration.rulings import RulingError, load_rulings


def test_help_lists_the_commands_of_the_pipeline_and_of_other_packages(capsys):
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert [name for name in ("nightly", "bulletin", "template", "sample") if name not in said] == []


@pytest.mark.parametrize("command", ["nightly", "bulletin", "template", "sample"])
def test_every_command_takes_json(capsys, command: str):
    assert main([command, "--help"]) == 0
    assert "--json" in capsys.readouterr().out


def test_help_loads_neither_dagster_nor_dbt_nor_duckdb():
    heavy = ("dagster", "dbt", "duckdb", "great_expectations", "pyarrow")
    code = (
        "import sys, warnings; warnings.simplefilter('ignore'); from orchestration.cli import main; main(['--help']);"
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"


def test_a_command_is_added_once(capsys):
    main(["--help"])
    main(["--help"])
    names = [command.name or command.callback.__name__ for command in app.registered_commands]
    assert len(names) == len(set(names))


def test_the_template_of_a_county_is_found_by_its_name(home: Home, tmp_path: Path, capsys):
    assert (
        main(["template", "--unit", "蓝田县", "--period", "2021-09", "--out", str(tmp_path), "--json"]) == 0
    )
    written = json.loads(capsys.readouterr().out)
    assert written["unit_code"] == "610122"
    assert "监测对象台账" in openpyxl.load_workbook(written["file"], read_only=True).sheetnames


def test_an_unknown_unit_is_refused_in_words(home: Home, tmp_path: Path, capsys):
    assert main(["template", "--unit", "999999", "--period", "2021-09", "--out", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "999999" in said and "Traceback" not in said


@pytest.mark.parametrize("period", ["2021-13", "八月", "2021-W60"])
def test_what_is_no_period_is_refused_in_words(home: Home, tmp_path: Path, capsys, period: str):
    assert main(["template", "--unit", "610122", "--period", period, "--out", str(tmp_path)]) == 1
    assert "不是报告期" in capsys.readouterr().err


def test_a_bulletin_before_the_first_night_is_refused_in_words(home: Home, capsys):
    assert main(["bulletin", "--period", "2021-08"]) == 1
    assert "zhenxing nightly" in capsys.readouterr().err


def test_a_missing_option_is_the_callers_error(capsys):
    assert main(["bulletin"]) == 2


def test_an_unknown_command_is_the_callers_error(capsys):
    assert main(["nightlyy"]) == 2


def test_a_night_over_an_empty_home_says_so(home: Home, capsys):
    assert main(["nightly", "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["outcome"] == "nothing_received"
    assert summary["received"] == 0
    assert list(summary["seconds_by_step"]) == ["receive"]


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch, home: Home):
    """Makes the night end with this error, after these steps."""

    def end(error: Exception) -> None:
        night = Night(home, results={}, seconds={"receive": 0.1, "land": 1.0}, errors={"land": error})
        monkeypatch.setattr(
            "orchestration.nightly.run_night", lambda *_, **__: Run(night, ("2021-08",), 1.2, error)
        )

    return end


def test_a_blocked_publication_says_why_and_exits_1(ended, capsys):
    ended(PublishBlocked(["2021-08 R-ROLL-1 全省数等于各市、各县数之和:2处不符"]))
    assert main(["nightly"]) == 1
    said = capsys.readouterr().out
    assert "R-ROLL-1" in said and "nightly.log" in said and "Traceback" not in said


def test_a_night_while_a_publication_is_put_back_says_so_and_exits_1(ended, capsys):
    moment = datetime(2021, 9, 9, 18, tzinfo=UTC)
    ended(PublishHeld(Entry(3, moment, moment, "", 0, puts_back=1, reason="误发")))
    assert main(["nightly"]) == 1
    said = capsys.readouterr().out
    assert "没有发布:恢复的旧发布还没有解除" in said and "本晚没有完成" not in said
    assert "第3次发布恢复了第1次的内容(2021-09-10 02:00,原因:误发)" in said


def test_rulings_that_cannot_be_read_are_named_by_the_night_and_by_a_check(ended, home: Home, capsys):
    columns = "unit_code,dataset,from_period,to_period,reason"
    (home.root / "exemptions.csv").write_text(f"{columns}\n610199,*,2021-01,,无\n", encoding="utf-8")
    with pytest.raises(RulingError) as raised:
        load_rulings(home)
    ended(raised.value)
    for command in (["nightly"], ["check", str(home.root / "exemptions.csv")]):
        assert main(command) == 1
        said = "".join(capsys.readouterr())
        assert "exemptions.csv 第 2 行:610199 不是报送单位的代码" in said and "Traceback" not in said


def test_a_failed_night_gives_its_reasons_as_json(ended, capsys):
    ended(ModelFailed(["fct_loans: Binder Error", "rpt_bulletin: skipped"]))
    assert main(["nightly", "--json"]) == 1
    summary = json.loads(capsys.readouterr().out)
    assert summary["outcome"] == "failed"
    assert summary["blocking"] == ["fct_loans: Binder Error", "rpt_bulletin: skipped"]


def test_a_second_night_at_once_is_refused_in_words(monkeypatch: pytest.MonkeyPatch, home: Home, capsys):
    def refuse(*_: object, **__: object) -> None:
        raise AnotherNight("另一个 zhenxing nightly 正在处理")

    monkeypatch.setattr("orchestration.nightly.run_night", refuse)
    assert main(["nightly"]) == 1
    assert "另一个" in capsys.readouterr().err
