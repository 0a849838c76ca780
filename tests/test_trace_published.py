"""Tracing on a published province: every figure leads to rows that give it again, and back from a cell."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from browser_support import open_page
from pipeline_edits import add
from pipeline_support import night, send_again

from orchestration.cli import main
from orchestration.home import Home
from orchestration.publish.ledger import entries
from orchestration.ranges import expand
from orchestration.report.trace import NotTraceable, reached, trace, write_trace_pages
from orchestration.report.trace.found import Trace
from orchestration.report.trace.published import Published
from orchestration.report.trace.tracing import trace_in

MONTH = "2021-08"
PROVINCE, CITY, COUNTY = "610000", "611000", "611024"


@pytest.fixture(scope="module")
def published(published_small_province: Home) -> Published:
    with Published(published_small_province) as opened:
        yield opened


@pytest.mark.parametrize("unit", [PROVINCE, CITY, COUNTY])
def test_every_published_figure_is_given_again_by_its_rows(published: Published, unit: str):
    keys = published.figures(MONTH, unit)
    traces = [trace_in(published, published.dictionary[key], MONTH, unit) for key in keys]
    assert len(traces) >= {PROVINCE: 59, CITY: 30, COUNTY: 30}[unit]
    assert [each.figure_key for each in traces if not each.proven] == []


def test_a_figure_of_a_quarter_leads_to_the_month_it_is_taken_from(published: Published):
    found = trace_in(published, published.dictionary["monitored_households_total"], "2021-Q3", PROVINCE)
    assert found.proven
    assert found.parts[0].periods == (MONTH,)


def test_the_units_parts_add_up_to_the_province_and_repeated_things_are_said(published: Published):
    for key in published.figures(MONTH, PROVINCE):
        for part in trace_in(published, published.dictionary[key], MONTH, PROVINCE).parts:
            if part.repeated is not None:
                total = sum(each.value for each in part.contributions)
                assert total - part.repeated == part.recomputed, key
            assert sum(source.rows for source in part.sources) == part.rows, key


def test_the_cells_named_hold_the_figure_in_the_workbook_itself(published_small_province: Home):
    found = trace(published_small_province, "monitored_people_total", MONTH, COUNTY)
    [submission] = found.parts[0].submissions
    [source] = found.parts[0].sources
    book = openpyxl.load_workbook(published_small_province.root / str(submission.path), data_only=True)
    cells = [book[source.sheet][cell].value for cell in expand(source.cells)]
    assert sum(int(str(cell)) for cell in cells) == found.value
    assert len(cells) == source.rows == submission.landed


def test_a_register_of_the_bureau_is_the_source_of_a_countys_figure(published: Published):
    found = trace_in(published, published.dictionary["bridging_funds_central_provincial"], MONTH, COUNTY)
    assert {source.submission_id[:6] for source in found.parts[0].sources} == {PROVINCE}
    assert found.parts[0].contributions[0].unit_code == COUNTY


def test_spending_leads_to_the_countys_sheet_and_not_to_the_bureaus_ledger(published: Published):
    found = trace_in(published, published.dictionary["bridging_funds_spent"], MONTH, COUNTY)
    assert {source.sheet for source in found.parts[0].sources} == {"衔接资金支出"}


def test_a_ratio_is_traced_on_both_sides(published: Published):
    found = trace_in(published, published.dictionary["project_start_rate"], MONTH, PROVINCE)
    assert [part.figure_key for part in found.parts] == ["projects_started", "projects_arranged"]
    assert found.recomputed == found.value


def test_what_a_unit_states_stands_beside_the_figure_with_its_cell(published: Published):
    found = trace_in(published, published.dictionary["monitored_households_total"], MONTH, PROVINCE)
    assert found.stated and found.stated.agrees and found.stated.sheet == "汇总表"
    assert all(each.stated and each.stated.cell for each in found.parts[0].contributions)


@pytest.mark.parametrize("said", ["监测对象总户数", "monitored_households_total"])
def test_an_indicator_is_found_by_key_and_by_label(published_small_province: Home, said: str):
    assert trace(published_small_province, said, MONTH).figure_key == "monitored_households_total"


@pytest.mark.parametrize(
    ("key", "period", "words"),
    [
        ("monitored_household_total", MONTH, "monitored_households_total"),
        ("没有这样的指标", MONTH, "没有指标"),
        ("monitored_households_total", "2020-01", "没有"),
    ],
)
def test_what_cannot_be_traced_is_said_in_words(
    published_small_province: Home, key: str, period: str, words: str
):
    with pytest.raises(NotTraceable, match=words):
        trace(published_small_province, key, period)


def _county_file(home: Home) -> Trace:
    return trace(home, "monitored_people_total", MONTH, COUNTY)


def test_a_cell_leads_back_to_the_figures_that_it_reaches(published_small_province: Home):
    down = _county_file(published_small_province)
    [source] = down.parts[0].sources
    cell = next(expand(source.cells))
    back = reached(published_small_province, source.submission_id, f"{source.sheet}!{cell}")
    people = [each for each in back.figures if each.figure_key == "monitored_people_total"]
    assert {each.unit_code for each in people if each.reporting_period == MONTH} == {PROVINCE, CITY, COUNTY}
    assert "2021-Q3" in {each.reporting_period for each in people}
    assert {(each.rows, each.role) for each in people} == {(1, "measure")}


def test_a_workbook_is_known_by_its_bytes_and_reaches_its_own_figures(published_small_province: Home):
    [submission] = _county_file(published_small_province).parts[0].submissions
    by_path = reached(published_small_province, str(published_small_province.root / str(submission.path)))
    assert by_path.submission_id == submission.submission_id
    assert by_path == reached(published_small_province, submission.sha256[:12])
    parts = {
        (each.figure_key, each.unit_code): each.part
        for each in by_path.figures
        if each.reporting_period == MONTH
    }
    assert parts["monitored_people_total", COUNTY] == _county_file(published_small_province).value


def test_a_total_stated_is_compared_and_never_counted(published_small_province: Home):
    [submission] = _county_file(published_small_province).parts[0].submissions
    back = reached(published_small_province, submission.submission_id, "汇总表!B4")
    assert back.figures == () and len(back.compared) == 1


def test_the_command_answers_in_json_and_in_words(published_small_province: Home, monkeypatch, capsys):
    monkeypatch.setenv("ZHENXING_HOME", str(published_small_province.root))
    assert main(["trace", "monitored_households_total", "--period", MONTH, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["proven"] is True
    assert said["parts"][0]["contributions"][0]["sources"][0]["cells"]
    assert said["parts"][0]["submissions"][0]["received_at"].endswith("+08:00")
    assert main(["trace", "监测对象总户数", "--period", MONTH]) == 0
    assert "与发布值完全相等" in capsys.readouterr().out
    assert main(["trace", "--reaches", said["parts"][0]["submissions"][0]["file_name"]]) == 0
    assert "影响" in capsys.readouterr().out
    assert main(["trace", "monitored_households_total"]) == 1


def test_pages_are_written_for_all_figures_at_once_and_again_the_same(
    published_small_province: Home, tmp_path: Path
):
    home = Home(tmp_path / "home")
    shutil.copytree(published_small_province.published, home.published)
    with Published(home) as opened:
        keys = list(opened.figures(MONTH, PROVINCE))
    written = write_trace_pages(home, MONTH, PROVINCE, keys)
    assert list(written) == keys
    pages = {path: (home.bulletins / MONTH / path).read_bytes() for path in written.values()}
    write_trace_pages(home, MONTH, PROVINCE, keys)
    assert {path: (home.bulletins / MONTH / path).read_bytes() for path in pages} == pages
    page = home.bulletins / MONTH / written["monitored_households_total"]
    dom = open_page(
        page, tmp_path, script="document.title = document.querySelectorAll('ol.chain > li').length"
    )
    assert "<title>6</title>" in dom


def test_no_content_of_a_personal_column_is_in_a_trace(published: Published):
    identities = {row[0] for row in published.query("select head_id_no from marts.fct_monitored_households")}
    said = json.dumps(
        trace_in(published, published.dictionary["monitored_households_total"], MONTH, PROVINCE).as_dict()
    )
    assert identities and not [identity for identity in identities if identity in said]


@pytest.fixture(scope="module")
def corrected(published_small_province: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The province after a second night: the county sent a version 2 with one person more."""
    home = Home(tmp_path_factory.mktemp("corrected") / "home")
    shutil.copytree(published_small_province.root, home.root)
    send_again(home, COUNTY, 2, "monitored_households", add("members", 1))
    night(home)
    return home


def test_after_a_correction_the_trace_names_the_new_version_and_the_one_before_it(corrected: Home):
    found = trace(corrected, "monitored_people_unstable", MONTH, COUNTY)
    [submission] = found.parts[0].submissions
    [before] = submission.others
    assert found.proven
    assert (submission.version, before.version, before.state) == (2, 1, "已被取代")


def test_as_of_the_first_publication_the_first_version_is_the_source(corrected: Home, monkeypatch, capsys):
    monkeypatch.setenv("ZHENXING_HOME", str(corrected.root))
    first, _ = entries(corrected)
    moment = first.published_at.isoformat()
    asked = ["trace", "monitored_people_unstable", "--period", MONTH, "--unit", COUNTY, "--json"]
    assert main([*asked, "--as-of", moment]) == 0
    then = json.loads(capsys.readouterr().out)
    assert main(asked) == 0
    now = json.loads(capsys.readouterr().out)
    assert int(now["value"]) - int(then["value"]) == 1
    assert then["proven"] and (then["publication"], now["publication"]) == (1, 2)
    [submission] = then["parts"][0]["submissions"]
    assert (submission["version"], submission["others"]) == (1, [])
    assert (corrected.root / submission["path"]).is_file()
    replaced = now["parts"][0]["submissions"][0]["others"][0]["submission_id"]
    assert submission["submission_id"] == replaced
    assert main(["trace", "--reaches", replaced, "--as-of", moment, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["figures"]


def test_a_superseded_workbook_reaches_nothing_and_says_by_what_it_was_replaced(corrected: Home):
    [submission] = trace(corrected, "monitored_people_total", MONTH, COUNTY).parts[0].submissions
    back = reached(corrected, submission.others[0].submission_id, "监测对象台账!5:9")
    assert back.figures == ()
    assert submission.submission_id in back.superseded_by
