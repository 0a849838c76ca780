"""A province of three counties from workbooks to bulletin, night after night, in this process.

One home lives through all nights: the first, one with nothing new, and one for each version of the workbooks
sent again with single cells changed (``pipeline_edits``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import pytest
from pipeline_edits import EDITS, VERSIONS, Edit
from pipeline_support import (
    PERIOD,
    PROVINCE,
    Published,
    lake_files,
    night,
    read_published,
    send_again,
    small_home,
    targets,
    write_sample,
)

from orchestration.home import Home
from orchestration.indicators import load_indicators
from orchestration.nightly import Run
from orchestration.summary import Summary, summarise


@dataclass(repr=False)
class Story:
    """What was found after each night: the first is version 1."""

    home: Home
    published: dict[int, Published]
    runs: dict[int, Run]
    summaries: dict[int, Summary]
    cells: dict[str, str]
    idle: Run
    idle_summary: Summary
    lake_after_first: Mapping[str, bytes]
    lake_after_idle: Mapping[str, bytes]
    warehouse_after_first: bytes
    warehouse_after_idle: bytes


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    home = small_home(tmp_path_factory.mktemp("small"))
    write_sample(home.inbox)
    first = night(home)
    lake_first, warehouse_first = lake_files(home), home.warehouse.read_bytes()
    found, runs, summaries = {1: read_published(home)}, {1: first}, {1: summarise(home, first)}
    idle = night(home)
    lake_idle, warehouse_idle, idle_summary = (
        lake_files(home),
        home.warehouse.read_bytes(),
        summarise(home, idle),
    )
    cells = {}
    for version in VERSIONS:
        for edit in (edit for edit in EDITS if edit.version == version):
            cells[edit.name] = send_again(home, edit.unit, version, edit.dataset, edit.change)
        if version == VERSIONS[0]:
            add_what_the_night_cannot_land(home, tmp_path_factory)
        runs[version] = night(home)
        found[version] = read_published(home)
        summaries[version] = summarise(home, runs[version])
    return Story(
        home,
        found,
        runs,
        summaries,
        cells,
        idle,
        idle_summary,
        lake_first,
        lake_idle,
        warehouse_first,
        warehouse_idle,
    )


def add_what_the_night_cannot_land(home: Home, folders: pytest.TempPathFactory) -> None:
    """A workbook of a week that is closed, and a file that is none."""
    week = folders.mktemp("week")
    write_sample(week, "2021-W35")
    source = next(week.glob("610922_*"))
    (home.inbox / source.name).write_bytes(source.read_bytes())
    (home.inbox / "山阳县报表.xlsx").write_bytes(b"not a workbook")


def test_the_published_figures_are_the_targets_the_workbooks_were_made_for(story: Story):
    figures = story.published[1].figures
    wanted = {key: Decimal(row["value_base"]) for key, row in targets().items()}
    assert len(wanted) == 59
    off = {
        key: (figures.get((PROVINCE, key)), value)
        for key, value in wanted.items()
        if not agrees(key, figures.get((PROVINCE, key)), value, targets()[key]["precision_half_unit_base"])
    }
    assert off == {}


def agrees(key: str, value: Decimal | None, target: Decimal, half_unit: str) -> bool:
    """Equal, or within half a unit of the target's last printed digit; 50多 is 51 to 59, a level its magnitude."""
    if value is None:
        return False
    match load_indicators()[key].style:
        case "magnitude":
            return target <= value < 10 * target
        case "over_ten":
            return target < value < target + 10
    return abs(value - target) <= Decimal(half_unit or 0)


def test_every_submission_of_the_first_night_is_accepted(story: Story):
    assert set(story.published[1].statuses.values()) == {"accepted"}
    assert len(story.published[1].statuses) == 4


def test_a_second_night_over_the_same_inbox_does_nothing(story: Story):
    assert story.idle.periods == ()
    assert set(story.idle.night.seconds) == {"receive"}
    assert story.idle_summary.outcome == "standing"


def test_a_second_night_over_the_same_inbox_changes_no_byte(story: Story):
    assert story.lake_after_idle == story.lake_after_first
    assert story.warehouse_after_idle == story.warehouse_after_first


def test_the_bulletin_states_the_published_figures(story: Story):
    text = (story.home.bulletins / PERIOD / f"{PROVINCE}.md").read_text(encoding="utf-8")
    assert "180" in text and "99.44%" in text


@pytest.mark.parametrize("version", VERSIONS)
def test_figures_move_by_what_was_changed_and_by_nothing_else(story: Story, version: int):
    before, after = story.published[1].figures, story.published[version].figures
    wanted = dict(before)
    for edit in (edit for edit in EDITS if edit.version == version):
        for key, amount in edit.figures.items():
            wanted[PROVINCE, key] += amount
    keys = {key for unit, key in before if unit == PROVINCE}
    assert {k: after[PROVINCE, k] for k in keys} == {k: wanted[PROVINCE, k] for k in keys}


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_an_edit_fails_its_rules_and_no_other(story: Story, edit: Edit):
    failed = story.published[edit.version].failed.get((edit.unit, edit.version), set())
    assert failed == edit.cell_rules | edit.other_rules


@pytest.mark.parametrize("edit", [e for e in EDITS if e.cell_rules], ids=lambda edit: edit.name)
def test_a_failing_rule_names_the_cell_that_was_changed(story: Story, edit: Edit):
    cell = story.cells[edit.name]
    named = story.published[edit.version].cells
    for rule in edit.cell_rules:
        assert cell in named[edit.unit, edit.version, rule]


@pytest.mark.parametrize("version", VERSIONS)
def test_province_wide_rules_fail_only_for_what_crosses_units(story: Story, version: int):
    expected = frozenset().union(*(edit.bureau_rules for edit in EDITS if edit.version == version))
    assert story.published[version].bureau == expected


def test_a_county_figure_moves_with_its_own_register(story: Story):
    key = ("610922", "employment_lifted_labour")
    assert story.published[3].figures[key] - story.published[1].figures[key] == 100


def test_an_unreadable_file_is_named_and_stops_nothing(story: Story):
    summary = story.summaries[2]
    assert [entry["file"] for entry in summary.unreadable] == ["山阳县报表.xlsx"]
    assert summary.outcome == "published"


def test_a_weekly_workbook_is_worked_on_in_the_month_in_which_its_week_ends(story: Story):
    assert story.runs[2].periods == (PERIOD, "2021-W35")
    assert story.summaries[2].periods == [PERIOD, "2021-W35"]
    assert (story.summaries[2].waiting, story.summaries[2].period) == ([], PERIOD)


def test_the_summary_names_units_and_rules_that_fail(story: Story):
    errors = {
        entry.rule_code: set(entry.units) for entry in story.summaries[2].failing if entry.severity == "error"
    }
    assert errors == {
        "R-LOAN-1-1": {"蓝田县"},
        "R-PROJ-4-3": {"石泉县"},
        "R-SUM-3": {"山阳县", "蓝田县", "陕西省"},
    }


def test_the_summary_shows_main_figures_beside_what_the_bureau_states(story: Story):
    shown = {figure.figure_key: figure for figure in story.summaries[1].figures}
    assert shown["projects_arranged"].display == "180个"
    assert shown["projects_arranged"].stated == "180个"
    assert shown["project_start_rate"].stated == "99.44%"


def test_each_step_of_the_night_is_timed_in_its_order(story: Story):
    steps = list(story.summaries[1].seconds_by_step)
    # The documentation follows from what is published alone, and may come anywhere after that.
    assert steps.index("documentation") > steps.index("publish")
    assert [step for step in steps if step != "documentation"] == [
        "receive",
        "land",
        "audit_files",
        "model",
        "audit_warehouse",
        "publish",
        "receipts",
        "restatements",
        "warnings",
        "report",
        "site",
    ]
