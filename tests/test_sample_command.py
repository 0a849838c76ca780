"""``zhenxing sample`` as a user meets it: what it writes, what it says, and when it writes nothing."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from orchestration.home import Home
from orchestration.units import ReportingUnits
from sample.command import Options, prepare, run
from sample.targets import DEFAULT

DATA = Path(DEFAULT).parent
UNITS, TARGETS = DATA / "small_units.csv", DATA / "small_targets.csv"
SMALL = {"units": UNITS, "targets": TARGETS}


@dataclass
class Said:
    code: int
    out: str


@pytest.fixture
def home(tmp_path) -> Path:
    return tmp_path


@pytest.fixture
def ask(home, capsys):
    """Runs the command on the home; gives its exit code and what it said on standard output."""

    def asked(first_night=False, as_json=False, **options) -> Said:
        code = run(Home(home), Options(**options), first_night=first_night, as_json=as_json)
        return Said(code, capsys.readouterr().out)

    return asked


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_the_province_lands_in_the_inbox_and_its_figures_are_told(home, ask):
    result = ask(**SMALL)
    assert result.code == 0
    assert len(files(home / "raw" / "inbox")) == 4
    assert "写出 4 个文件" in result.out
    assert "470户" in result.out


def test_the_summary_is_one_json_object(home, ask):
    summary = json.loads(ask(**SMALL, as_json=True, out=home / "elsewhere").out)
    assert summary["files"] == 4
    assert summary["figures"]["microcredit_amount"] == "21600000"
    assert summary["rows"]["monitored_households"] == 322
    assert not (home / "raw").exists()


def test_a_first_night_writes_once_and_says_so_either_way(home, ask):
    first = ask(**SMALL, first_night=True)
    before = files(home / "raw" / "inbox")
    second = ask(**SMALL, first_night=True, period="2021-07")
    assert "首次运行" in first.out
    assert "已收到过报表" in second.out
    assert files(home / "raw" / "inbox") == before


def test_an_archive_alone_is_no_first_night(home, ask):
    (home / "raw" / "archive").mkdir(parents=True)
    (home / "raw" / "archive" / "register.sqlite").write_bytes(b"received")
    assert json.loads(ask(**SMALL, first_night=True, as_json=True).out)["written"] is False
    assert not (home / "raw" / "inbox").exists()


def test_placeholders_of_an_empty_inbox_are_no_reports(home, ask):
    (home / "raw" / "inbox").mkdir(parents=True)
    (home / "raw" / "inbox" / ".gitkeep").touch()
    assert "首次运行" in ask(**SMALL, first_night=True).out


def test_contradictory_targets_are_told_and_nothing_is_written(home, ask):
    text = (DATA / "small_targets.csv").read_text(encoding="utf-8").replace(",179,", ",181,")
    (home / "targets.csv").write_text(text, encoding="utf-8")
    result = ask(units=UNITS, targets=home / "targets.csv")
    assert result.code == 2
    assert "projects_started" in result.out
    assert not (home / "raw").exists()


def test_another_province_brings_its_unit_list_along(home, ask):
    text = (
        (DATA / "small_units.csv").read_text(encoding="utf-8").replace("\n61", "\n52").replace(",61", ",52")
    )
    (home / "units.csv").write_text(text, encoding="utf-8")
    result = ask(units=home / "units.csv", targets=TARGETS)
    assert "reporting_units.csv" in result.out
    assert ReportingUnits(home / "reporting_units.csv").province.code == "520000"
    assert files(home / "raw" / "inbox")[0].startswith("520000_")


def test_an_own_unit_list_is_never_overwritten(home, ask):
    (home / "reporting_units.csv").write_text(
        (DATA / "small_units.csv").read_text(encoding="utf-8"), encoding="utf-8"
    )
    text = (DATA / "small_units.csv").read_text(encoding="utf-8").replace("\n61", "\n52")
    (home / "units.csv").write_text(text, encoding="utf-8")
    before = (home / "reporting_units.csv").read_bytes()
    assert ask(units=home / "units.csv", targets=TARGETS).code == 2
    assert (home / "reporting_units.csv").read_bytes() == before


def test_default_targets_on_few_units_lower_what_counts_places(home):
    request = prepare(Home(home), Options(units=UNITS, out=home / "out"))
    assert "默认目标按报送单位数下调" in request.notes[0]
    assert request.goals["supervision_counties_visited"] == 3
    assert not files(home)


def test_a_week_brings_one_register_and_its_totals(home, ask):
    assert ask(**SMALL, period="2021-W35").code == 0
    county, bureau = (
        openpyxl.load_workbook(home / "raw/inbox" / f"{u}_2021-W35.xlsx")
        for u in ("611024_山阳县", "610000_陕西省")
    )
    assert county.sheetnames == ["封面", "监测对象台账", "汇总表", "字典"]
    assert bureau.sheetnames == ["封面", "汇总表"]


def test_a_file_that_is_no_unit_list_is_told(home, ask):
    (home / "units.csv").write_text("name\nsomewhere\n", encoding="utf-8")
    result = ask(units=home / "units.csv")
    assert result.code == 2
    assert "不是报送单位表" in result.out


def test_the_command_line_hands_its_options_over(home):
    environment = {**os.environ, "ZHENXING_HOME": str(home)}
    options = [
        "--units",
        str(UNITS),
        "--targets",
        str(TARGETS),
        "--period",
        "2021-07",
        "--seed",
        "3",
        "--json",
    ]
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from orchestration.cli import main; raise SystemExit(main())",
            "sample",
            *options,
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    summary = json.loads(done.stdout)
    assert (summary["seed"], summary["periods"], summary["files"]) == (3, ["2021-07"], 4)
    assert len(files(home / "raw" / "inbox")) == 4
