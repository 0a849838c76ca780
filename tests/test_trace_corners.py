"""Tracing where figures are unusual: of a week, a sum of months, a sheet with a warning, a nil return, no rows at all.

Everyone's 2021-07, 2021-08 and 2021-W35. Shanyang sends its 2021-08 again: a loan at a rate that is warned of, and no training.
"""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from pipeline_edits import SHANYANG, put
from pipeline_support import PROVINCE, night, send_version, small_home, write_sample
from rich.console import Console

from orchestration.cards import load_cards
from orchestration.files import replace_all
from orchestration.home import Home
from orchestration.report.bulletin import write_editions
from orchestration.report.trace import reached, trace
from orchestration.report.trace.pages import trace_page
from orchestration.report.trace.published import Published
from orchestration.report.trace.reach_screen import print_reached
from orchestration.report.trace.screen import print_trace
from orchestration.report.trace.tracing import ask, trace_in

MONTH, WEEK = "2021-08", "2021-W35"
TRAINED = "resident_workers_trained"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = small_home(tmp_path_factory.mktemp("corners"))
    write_sample(home.inbox, f"2021-07..{MONTH},{WEEK}")
    send_version(home, SHANYANG, 2, {"microcredit": put("annual_rate", 12)}, without_training)
    night(home)
    return home


def without_training(workbook: openpyxl.Workbook) -> None:
    """The cover says that there was none, and the sheet is gone."""
    sheet = load_cards()["resident_training"].sheet
    del workbook[sheet]
    cover = workbook["封面"]
    label = next(c for row in cover.iter_rows() for c in row if str(c.value or "").startswith("零报送"))
    cover.cell(label.row, label.column + 1).value = sheet


def shown(found) -> str:
    said = StringIO()
    print_trace(Console(width=200, file=said), found, full=True)
    return said.getvalue()


def test_every_figure_of_every_unit_and_period_is_given_again_by_its_rows(home: Home):
    with Published(home) as published:
        asked = ask(published, published.dictionary.values(), published.units)
        periods = [
            row[0] for row in published.query("select distinct reporting_period from marts.rpt_figures")
        ]
        assert {MONTH, WEEK, "2021-Q3", "2021"} <= set(periods)
        for period in periods:
            for unit, figures in published.figures_of(period, asked.units).items():
                entries = [published.dictionary[key] for key in figures]
                traces = [trace_in(published, entry, period, unit, asked) for entry in entries]
                assert [each.figure_key for each in traces if not each.proven] == [], (period, unit)


def test_what_is_read_for_all_together_is_what_is_read_for_one(home: Home):
    with Published(home) as published:
        asked = ask(published, published.dictionary.values(), published.units)
        for key in published.figures("2021-Q3", SHANYANG):
            entry = published.dictionary[key]
            alone = trace_in(published, entry, "2021-Q3", SHANYANG)
            assert trace_in(published, entry, "2021-Q3", SHANYANG, asked) == alone


def test_a_figure_of_a_week_leads_to_the_weeks_own_workbooks(home: Home):
    found = trace(home, "monitored_households_total", WEEK)
    [part] = found.parts
    assert found.proven and part.periods == (WEEK,)
    assert {sent.reporting_period for sent in part.submissions} == {WEEK}
    assert found.stated and found.stated.agrees
    back = reached(home, part.submissions[0].submission_id)
    assert {each.reporting_period for each in back.figures} == {WEEK}


def test_a_flow_of_a_quarter_adds_up_the_rows_of_its_months(home: Home):
    found = trace(home, "hotline_12317_calls_in_period", "2021-Q3")
    months = [trace(home, "hotline_12317_calls_in_period", month) for month in ("2021-07", MONTH)]
    [part] = found.parts
    assert part.periods == ("2021-07", MONTH)
    assert found.value == sum(each.value for each in months) > 0
    assert part.rows == sum(each.parts[0].rows for each in months)
    assert part.verdicts.verdicts == sum(each.parts[0].verdicts.verdicts for each in months)
    assert part.verdicts.rules == months[0].parts[0].verdicts.rules
    assert found.stated is None


def test_a_warning_on_a_sheet_in_force_is_told_with_its_cell(home: Home):
    found = trace(home, "microcredit_amount", MONTH, SHANYANG)
    verdicts = found.parts[0].verdicts
    [failing] = [each for each in verdicts.failing if each.rule_code == "R-LOAN-24"]
    assert verdicts.failed_warnings == sum(each.severity == "warning" for each in verdicts.failing)
    assert verdicts.passed + verdicts.failed_warnings + verdicts.failed_notices == verdicts.verdicts
    assert failing.failed == 1 and failing.cells and failing.submission_id
    assert failing.cells[0] in shown(found) and failing.cells[0] in trace_page(found)
    elsewhere = trace(home, "microcredit_amount", MONTH, "610122")
    assert "R-LOAN-24" not in {each.rule_code for each in elsewhere.parts[0].verdicts.failing}


def test_a_nil_return_stands_behind_a_figure_of_nought(home: Home):
    found = trace(home, TRAINED, MONTH, SHANYANG)
    [part] = found.parts
    assert (found.value, part.recomputed, part.rows, part.nil) == (0, 0, 0, 1)
    assert found.proven and part.contributions == () and len(part.submissions) == 1
    assert "零报送" in shown(found) and "零报送" in trace_page(found)
    whole = trace(home, TRAINED, MONTH, PROVINCE)
    assert whole.proven and whole.parts[0].nil == 1
    assert SHANYANG not in {each.unit_code for each in whole.parts[0].contributions}


def test_a_version_sent_before_stands_beside_the_one_in_force(home: Home):
    [submission] = trace(home, "microcredit_amount", MONTH, SHANYANG).parts[0].submissions
    assert submission.version == 2
    assert [(other.version, other.state) for other in submission.others] == [(1, "已被取代")]


def test_a_digit_moved_so_that_printed_parts_add_up_is_said(home: Home):
    found = replace(trace(home, "monitored_households_unstable", MONTH), is_adjusted=True)
    assert "舍位平衡" in shown(found) and "舍位平衡" in trace_page(found)


def test_a_workbook_leads_back_to_the_bulletins_that_carry_its_figures(home: Home):
    [submission] = trace(home, "monitored_households_total", MONTH, SHANYANG).parts[0].submissions
    back = reached(home, submission.submission_id)
    carried = {(each.period, each.edition): each for each in back.bulletins}
    assert (MONTH, PROVINCE) in carried and (WEEK, PROVINCE) not in carried
    assert (PROVINCE, MONTH, "monitored_households_total") in carried[MONTH, PROVINCE].figures
    assert carried[MONTH, PROVINCE].publication == 1
    said = StringIO()
    print_reached(Console(width=200, file=said), back)
    assert f"{MONTH} 陕西省" in said.getvalue()


def test_every_edition_has_a_page_for_each_of_its_figures(home: Home):
    editions = {unit.code for unit, _, _ in write_editions(home, MONTH)}
    with Published(home) as published:
        figures = published.figures_of(MONTH, tuple(published.units))
    assert editions == set(figures)
    for unit, keys in figures.items():
        folder = home.bulletins / MONTH / f"{unit}.trace"
        assert {path.stem for path in folder.iterdir()} == set(keys)


def test_many_files_are_written_whole_and_only_where_they_differ(tmp_path: Path):
    contents = {tmp_path / "a" / f"{number}.txt": b"%d" % number for number in range(40)}
    replace_all(contents)
    before = {path: path.stat().st_ino for path in contents}
    replace_all({**contents, tmp_path / "a" / "7.txt": b"other"})
    changed = [path.name for path in contents if path.stat().st_ino != before[path]]
    assert changed == ["7.txt"]
    assert len(list((tmp_path / "a").iterdir())) == 40
