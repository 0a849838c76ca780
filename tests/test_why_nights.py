"""Why a number is different from yesterday, over two nights of a small province: Shanyang corrects a category in the second.

The same answer from ``zhenxing why`` and from Dagster: figure, before, after, submission, and what the figures are made by.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import openpyxl
import pytest
from pipeline_edits import MARGINAL_OF_FOUR, SHANYANG, put
from pipeline_support import PERIOD, PROVINCE, night, send_again, workbook_of

from orchestration.cards import load_cards
from orchestration.cli import main
from orchestration.dagster_common import PUBLISHED, landed_key
from orchestration.dagster_home import instance
from orchestration.home import Home
from orchestration.publish.ledger import entries
from orchestration.publish.made import keep_made, made_of

SUDDEN = "monitored_households_sudden"
NAME = "突发严重困难户户数"


@dataclass(repr=False)
class Story:
    home: Home
    published: dict  # metadata of the second publication
    tags: dict[str, str]  # of the run that published it
    events: str  # of all runs, as Dagster keeps them
    rows: list[int]  # landed rows of the corrected sheet, night by night

    @property
    def submission(self) -> str:
        return self.tables("because_of")[0]["submission"]

    def tables(self, name: str) -> list[dict]:
        return [record.data for record in self.published[name].records]


@pytest.fixture(scope="module")
def story(published_small_province: Home, tmp_path_factory: pytest.TempPathFactory) -> Story:
    home = Home(tmp_path_factory.mktemp("why") / "home")
    shutil.copytree(published_small_province.root, home.root)
    send_again(home, SHANYANG, 2, "monitored_households", put("category", "突发严重困难户", MARGINAL_OF_FOUR))
    night(home)
    with instance(home) as opened:
        event = opened.get_latest_materialization_event(PUBLISHED)
        landed = opened.fetch_materializations(landed_key("monitored_households"), limit=10).records
        found = Story(
            home,
            dict(event.asset_materialization.metadata),
            dict(opened.get_run_by_id(event.run_id).tags),
            "".join(str(entry) for run in opened.get_runs() for entry in opened.all_logs(run.run_id)),
            [record.asset_materialization.metadata["dagster/row_count"].value for record in landed],
        )
    return found


def _json(home: Home, capsys: pytest.CaptureFixture, *asked: str) -> dict:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ZHENXING_HOME", str(home.root))
        assert main(["why", *asked, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_publication_names_the_figure_before_and_after_and_why(story: Story):
    row = next(r for r in story.tables("changed_figures") if (r["figure"], r["unit"]) == (NAME, "陕西省"))
    assert (row["before"], row["after"], row["difference"]) == ("30户", "31户", "+1户")
    assert (row["because_of"], row["period"]) == ("更正(山阳县)", f"{PERIOD} 等4期")


def test_the_publication_names_the_submission_and_the_one_it_supersedes(story: Story):
    [row] = story.tables("because_of")
    assert row["submission"].startswith(f"{SHANYANG}-{PERIOD}-")
    assert (row["unit"], row["version"], row["figures_changed"]) == ("山阳县", 2, 48)
    assert row["supersedes"].startswith(f"{SHANYANG}-{PERIOD}-") and row["supersedes"] != row["submission"]
    assert (Path(story.published["receipts"].value) / row["receipts"] / "receipt.html").exists()


def test_the_numbers_of_a_publication_are_there_to_be_plotted(story: Story):
    numbers = {
        name: story.published[name].value for name in ("publication", "figures_changed", "submissions")
    }
    assert numbers == {"publication": 2, "figures_changed": 48, "submissions": 1}
    assert all(story.published[name].value > 0 for name in ("dagster/row_count", "bytes", "seconds"))
    assert len(story.rows) == 2 and story.rows[0] > story.rows[1]


def test_what_the_figures_are_made_by_is_said_to_be_the_same(story: Story):
    said = story.published["why"].value
    assert "规则、模型、程序、裁定和报送单位与上一次发布相同" in said
    assert len(said) < 1000, "what is longer is not shown without a click"


def test_links_lead_to_the_notice_and_the_documentation(story: Story):
    links = [story.published[name].value for name in ("notice", "documentation", "dagster/uri")]
    assert [Path(link.removeprefix("file://")).exists() for link in links] == [True, True, True]


def test_the_run_says_why_for_whom_and_into_which_publication(story: Story):
    said = {name.removeprefix("zhenxing/"): value for name, value in story.tags.items()}
    assert (said["why"], said["units"], said["periods"]) == ("new files", f"{SHANYANG} 山阳县", PERIOD)
    assert (said["publication"], said["figures_changed"]) == ("2", "48")


def test_the_command_gives_the_same_answer_of_one_figure(story: Story, capsys: pytest.CaptureFixture):
    found = _json(story.home, capsys, NAME, "--period", PERIOD)
    assert found["changed_by_this_publication"]
    assert found["figure"]["figure_key"] == SUDDEN
    assert (found["figure"]["before"], found["figure"]["after"]) == ("30户", "31户")
    assert [sent["submission_id"] for sent in found["submissions"]] == [story.submission]
    assert [(part["unit_code"], part["difference"]) for part in found["parts"]] == [(SHANYANG, "+1户")]
    assert [said["publication"] for said in found["history"]] == [1, 2]


def test_of_a_figure_that_stood_the_command_says_since_when(story: Story, capsys: pytest.CaptureFixture):
    found = _json(story.home, capsys, "监测对象总户数", "--period", PERIOD, "--unit", SHANYANG)
    assert not found["changed_by_this_publication"]
    assert (found["publication"]["number"], found["figure"]["kind"]) == (1, "new")
    assert [sent["unit_code"] for sent in found["submissions"]] == [SHANYANG]


def test_the_command_tells_a_whole_publication(story: Story, capsys: pytest.CaptureFixture):
    found = _json(story.home, capsys)
    assert (found["counts"], found["figures_changed"]) == ({"restated": 48}, 48)
    assert {figure["unit_code"] for figure in found["figures"]} == {PROVINCE, "611000", SHANYANG}
    assert list(found["by_period"]) == [PERIOD, "2021-Q3", "2021-H2", "2021"]
    assert _json(story.home, capsys, "--publication", "1")["counts"].keys() == {"new"}


def test_a_rule_that_changed_since_is_named(story: Story, monkeypatch: pytest.MonkeyPatch):
    from orchestration import made_by as parts  # noqa: PLC0415
    from orchestration.publish.made import differing  # noqa: PLC0415

    before = made_of(story.home, 2)
    monkeypatch.setattr(parts, "_rules", lambda: {**before.digests["rules"], "R-EMP-3": "otherwise"})
    keep_made(story.home, 3)
    [changed] = [each for each in differing(before, made_of(story.home, 3)) if each.group == "rules"]
    assert changed.changed == ("R-EMP-3",)


def test_nobodys_name_or_number_is_in_what_dagster_keeps(story: Story):
    sheet = openpyxl.load_workbook(workbook_of(story.home, SHANYANG))[
        load_cards()["monitored_households"].sheet
    ]
    cells = [str(cell.value) for row in sheet.iter_rows(min_row=4) for cell in row if cell.value is not None]
    numbers = {
        text for text in cells if len(text) >= 11 and text[:10].isdigit() and not text.startswith("6110")
    }
    assert numbers
    assert [number for number in numbers if number in story.events] == []


def test_every_publication_kept_what_it_was_made_by(story: Story):
    assert [made_of(story.home, entry.number) is not None for entry in entries(story.home)] == [True, True]


def test_a_check_without_partitions_says_how_each_period_stands(story: Story):
    with instance(story.home) as opened:
        key = dg.AssetCheckKey(dg.AssetKey(["marts", "fct_stated_totals"]), "R_SUM_3")
        record = opened.event_log_storage.get_latest_asset_check_execution_by_key([key])[key]
    evaluation = record.event.dagster_event.asset_check_evaluation_data
    assert (evaluation.passed, evaluation.severity) == (False, dg.AssetCheckSeverity.ERROR)
    [row] = [line.data for line in evaluation.metadata["periods_not_passed"].records]
    assert (row["period"], row["units_failing"]) == (PERIOD, SHANYANG)
