"""The sample's reopening of closed periods: which it adds, that it adds them once, and that others' lines stay."""

import csv
import json
from datetime import date

import pytest

from orchestration.home import PROJECT_ROOT, Home
from orchestration.periods import parse_period
from sample.command import Options, run
from sample.extension import COLUMNS, REASON, closing_days, home_of, missing, reopen

UNITS = PROJECT_ROOT / "sample" / "data" / "small_units.csv"
TARGETS = PROJECT_ROOT / "sample" / "data" / "small_targets.csv"
AUGUST = parse_period("2021-08")
LINE = {
    "unit_code": "*",
    "dataset": "*",
    "reporting_period": "2021-08",
    "opens_on": "2022-03-01",
    "due_on": "2022-03-08",
    "close_on": "2022-03-31",
    "reason": REASON,
}


def lines(home: Home) -> list[dict[str, str]]:
    with (home.root / "reopenings.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_a_closed_period_is_opened_today_for_all_units_and_datasets():
    assert missing([], [AUGUST], date(2022, 3, 1), closing_days()) == [LINE]


@pytest.mark.parametrize("day", [date(2021, 9, 5), date(2021, 9, 25)])
def test_a_period_that_is_not_closed_needs_no_reopening(day):
    assert missing([], [AUGUST], day, closing_days()) == []


def test_a_period_closes_by_the_days_of_its_cadence():
    week = parse_period("2021-W34")
    assert [
        row["reporting_period"] for row in missing([], [AUGUST, week], date(2021, 9, 8), closing_days())
    ] == ["2021-W34"]


@pytest.mark.parametrize(
    ("changed", "needed"),
    [
        ({}, False),
        ({"unit_code": "611024"}, True),
        ({"dataset": "projects"}, True),
        ({"reporting_period": "2021-07"}, True),
        ({"due_on": "2022-03-02", "close_on": "2022-03-31"}, True),
    ],
)
def test_only_a_window_for_everything_in_which_today_is_on_time_is_enough(changed, needed):
    assert bool(missing([LINE | changed], [AUGUST], date(2022, 3, 5), closing_days())) is needed


def test_reopening_twice_adds_one_line(tmp_path):
    home = Home(tmp_path / "home")
    assert reopen(home, [AUGUST], date(2022, 3, 1)) == ["2021-08"]
    before = (home.root / "reopenings.csv").read_bytes()
    assert reopen(home, [AUGUST], date(2022, 3, 2)) == []
    assert (home.root / "reopenings.csv").read_bytes() == before
    assert lines(home) == [LINE]


def test_lines_of_the_bureau_stay(tmp_path):
    home = Home(tmp_path)
    of_bureau = "611024,projects,2021-07,2021-10-01,2021-10-08,2021-10-31,水灾"
    (home.root / "reopenings.csv").write_text(f"{','.join(COLUMNS)}\n{of_bureau}", encoding="utf-8")
    reopen(home, [AUGUST], date(2022, 3, 1))
    assert [row["reason"] for row in lines(home)] == ["水灾", REASON]


def test_an_inbox_tells_its_home_and_another_folder_none(tmp_path):
    home, other = Home(tmp_path / "home"), Home(tmp_path / "other")
    assert home_of(home.inbox, home) == home
    assert home_of(other.inbox, home).root == other.root
    assert home_of(tmp_path / "folder", home) is None


def test_the_command_reopens_for_an_inbox_alone_and_says_so(tmp_path, capsys):
    home = Home(tmp_path / "home")
    small = {"units": UNITS, "targets": TARGETS, "period": "2021-01"}
    run(home, Options(**small, out=tmp_path / "elsewhere"), as_json=True)
    assert not (home.root / "reopenings.csv").exists()
    capsys.readouterr()
    run(home, Options(**small), as_json=True)
    assert any("补开报送窗口" in note for note in json.loads(capsys.readouterr().out)["notes"])
    assert [row["reporting_period"] for row in lines(home)] == ["2021-01"]
