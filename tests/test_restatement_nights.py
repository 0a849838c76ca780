"""Notices of restatement over the nights of a small province.

Night 1: all first workbooks; Shanyang's, its city's and the quarter's bulletins are written too. Night 2: Shanyang corrects a
category, and the night is killed before its notice. Night 3 brings nothing. Night 4: Shanyang's next version moves no published
figure. Night 5: Shiquan corrects its people at work.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from pipeline_edits import LANTIAN, MARGINAL_OF_FOUR, SHANYANG, SHIQUAN, add, put
from pipeline_support import PERIOD, PROVINCE, Register, night, send_again, small_home, write_sample

from orchestration.cli import main
from orchestration.home import Home
from orchestration.nightly import run_night
from orchestration.publish.ledger import entries
from orchestration.report.bulletin import write_bulletin
from orchestration.report.restated import restated_since
from orchestration.report.restated.due import missing_files, notice_files, notices_due, restating
from orchestration.report.restated.listing import list_restatements
from orchestration.report.restated.write import write_notices

QUARTER, CITY = "2021-Q3", "611000"
MARGINAL, SUDDEN, PEOPLE = (
    "monitored_households_marginal",
    "monitored_households_sudden",
    "employment_lifted_labour",
)
CATEGORY = put("category", "突发严重困难户", MARGINAL_OF_FOUR)


@dataclass(repr=False)
class Story:
    home: Home
    notices: dict[int, set[str]]  # names of all notices' files after each night
    killed: Exception | None
    cells: dict[int, str]
    publications: dict[int, int]  # number of the last publication after each night


def same_category(register: Register) -> str:
    """The corrected register, with a word changed that no figure counts."""
    CATEGORY(register)
    return register.write(register.rows[0], "village", "某村")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    home = small_home(tmp_path_factory.mktemp("restated"))
    write_sample(home.inbox)
    found = Story(home, {}, None, {}, {})
    night(home)
    _after(found, 1)
    for period, unit in ((PERIOD, SHANYANG), (PERIOD, CITY), (QUARTER, None)):
        write_bulletin(home, period, unit)
    found.cells[2] = send_again(home, SHANYANG, 2, "monitored_households", CATEGORY)
    with pytest.MonkeyPatch.context() as killed:
        killed.setattr("orchestration.report.restated.assets.write_notices", _killed)
        found.killed = run_night(home).error
    _after(found, 2)
    night(home)
    _after(found, 3)
    send_again(home, SHANYANG, 3, "monitored_households", same_category)
    night(home)
    _after(found, 4)
    found.cells[5] = send_again(home, SHIQUAN, 2, "employment", add("people", 100))
    night(home)
    _after(found, 5)
    return found


def _killed(_: Home) -> list[Path]:
    raise RuntimeError("killed")


def _after(story: Story, number: int) -> None:
    story.notices[number] = {path.name for path in _folder(story.home).glob("*.*") if path.is_file()}
    story.publications[number] = entries(story.home)[-1].number


def _folder(home: Home) -> Path:
    return home.bulletins / "restatements"


def _names(story: Story, *numbers: int) -> set[str]:
    days = {entry.number: entry for entry in restating(story.home)}
    return {path.name for number in numbers for path in notice_files(story.home, days[number])}


def _text(story: Story, number: int, form: str = "md") -> str:
    [path] = _folder(story.home).glob(f"{number:05d}_*.{form}")
    return path.read_text(encoding="utf-8")


def test_a_first_publication_restates_nothing(story: Story):
    assert story.notices[1] == set()


def test_a_correction_is_noticed_once_and_the_next_one_by_another_notice(story: Story):
    assert story.notices[5] == _names(story, story.publications[2], story.publications[5])


def test_a_night_killed_before_its_notice_is_made_good_by_the_next_that_has_nothing_else_to_do(story: Story):
    assert str(story.killed) == "killed"
    assert story.notices[2] == set()
    assert story.notices[3] == _names(story, story.publications[2])
    assert story.publications[3] == story.publications[2]


def test_a_correction_that_moves_no_published_figure_has_no_notice(story: Story):
    assert story.publications[4] > story.publications[3]
    assert story.notices[4] == story.notices[3]


def test_a_notice_says_who_changed_which_cell_and_how_it_went_up_to_the_province(story: Story):
    text = _text(story, story.publications[2])
    assert "根据山阳县更正的报表" in text
    assert f"改动1个单元格（监测对象台账!{story.cells[2]} 监测对象类别）" in text
    assert f"var/receipts/{PERIOD}/{SHANYANG}/receipt.html" in text
    assert "突发严重困难户户数，山阳县由17户更正为18户，商洛市由17户更正为18户，全省由30户更正为31户" in text


def test_a_notice_has_each_figure_as_published_and_as_corrected_with_the_bulletins_that_carried_it(
    story: Story,
):
    [row] = [
        line
        for line in _text(story, story.publications[2]).splitlines()
        if line.startswith("| 山阳县") and SUDDEN in line and "户户数" in line
    ]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1:7] == [
        "2021年8月、三季度、下半年、全年",
        "突发严重困难户户数",
        "17户",
        "18户",
        "+1户",
        "更正",
    ]
    assert cells[7] == "山阳县"
    assert "2021年8月通报（山阳县版，第1次发布，" in cells[8]


def test_the_quarter_is_restated_with_its_month_and_its_bulletin_is_named(story: Story):
    listed = list_restatements(story.home, QUARTER)
    assert [each.restatement.publication.number for each in listed] == [
        story.publications[2],
        story.publications[5],
    ]
    [figure] = [f for f in listed[0].restatement.figures if (f.unit_code, f.figure_key) == (PROVINCE, SUDDEN)]
    assert (figure.printed_before, figure.printed_after) == ("30户", "31户")
    assert [(carrier.period, carrier.edition) for carrier in figure.carried_by] == [(QUARTER, PROVINCE)]


def test_what_is_printed_as_before_is_listed_apart(story: Story):
    text = _text(story, story.publications[2])
    changed, alike = text.split("印发数不变的数据\n\n| 单位")
    assert (
        "| 陕西省 | 2021年8月、三季度、下半年、全年 | 边缘易致贫户户数 | 0.02万户 | 151户 | 150户 |" in alike
    )
    assert MARGINAL in changed  # the county's, which is printed exactly


def test_an_unmoved_unit_and_figure_is_in_no_notice(story: Story):
    [listed] = [
        each
        for each in list_restatements(story.home)
        if each.restatement.publication.number == story.publications[2]
    ]
    assert {figure.unit_code for figure in listed.restatement.figures} == {PROVINCE, CITY, SHANYANG}
    assert LANTIAN not in _text(story, story.publications[2])
    assert PEOPLE not in _text(story, story.publications[2])


def test_the_page_links_receipts_and_traces_that_are_there(story: Story):
    number = story.publications[5]
    page = _text(story, number, "html")
    trace = next(_folder(story.home).glob(f"{number:05d}_*.trace")) / f"{PERIOD}_{PEOPLE}.html"
    assert f'href="{trace.parent.name}/{trace.name}"' in page
    assert "返回公告" in trace.read_text(encoding="utf-8")
    assert f'href="../../../var/receipts/{PERIOD}/{SHIQUAN}/receipt.html"' in page
    assert (_folder(story.home) / f"../../../var/receipts/{PERIOD}/{SHIQUAN}/receipt.html").exists()
    assert f"zhenxing trace {PEOPLE} --period {PERIOD} --unit {SHIQUAN}" in page


def test_the_bulletin_written_after_a_correction_says_what_was_corrected(story: Story):
    folder = story.home.bulletins / PERIOD
    text = (folder / f"{PROVINCE}.md").read_text(encoding="utf-8")
    assert "本期此前印发的数据有" in text and "突发严重困难户户数由30户更正为31户" in text
    changed = {
        each.figure_key: (each.first, each.now)
        for each in restated_since(story.home, PERIOD, PROVINCE)
        if each.unit_code == PROVINCE
    }
    assert changed[SUDDEN] == ("30户", "31户")
    # Written before the correction, and not since.
    assert "本期此前印发" not in (folder / f"{SHANYANG}.md").read_text(encoding="utf-8")


def test_nothing_is_due_and_nothing_written_after_a_night(story: Story):
    assert not notices_due(story.home)
    assert write_notices(story.home) == []


def test_a_lost_notice_comes_back_to_the_byte_also_in_a_home_that_was_moved(story: Story, tmp_path: Path):
    moved = Home(tmp_path / "moved")
    shutil.copytree(story.home.root, moved.root)
    last = restating(moved)[-1]
    paths = notice_files(moved, last)
    before = [path.read_bytes() for path in paths]
    paths[0].unlink()
    paths[2].unlink()
    assert missing_files(moved, last) == [paths[0], paths[2]]
    assert write_notices(moved) == [paths[0], paths[2]]
    assert [path.read_bytes() for path in paths] == before


def test_a_notice_that_is_there_is_never_written_anew(story: Story, tmp_path: Path):
    moved = Home(tmp_path / "kept")
    shutil.copytree(story.home.root, moved.root)
    [path, *_] = notice_files(moved, restating(moved)[0])
    path.write_text("已盖章", encoding="utf-8")
    write_notices(moved)
    assert path.read_text(encoding="utf-8") == "已盖章"


def test_the_command_lists_the_notices_and_a_periods_figures(story: Story, monkeypatch, capsys):
    monkeypatch.setenv("ZHENXING_HOME", str(story.home.root))
    assert main(["restatements"]) == 0
    said = capsys.readouterr().out
    assert said.count("更正公告〔") == 2 and "山阳县" in said and "石泉县" in said
    assert main(["restatements", "--period", "2021-07"]) == 0
    assert "2021-07 已公布的数据没有更正过" in capsys.readouterr().out
    assert main(["restatements", "--period", PERIOD, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    figures = {(f["unit_code"], f["figure_key"]): f for f in answer["notices"][-1]["figures"]}
    assert (figures[PROVINCE, PEOPLE]["value_published"], figures[PROVINCE, PEOPLE]["difference"]) == (
        "21286.0000000000",
        "+100人",
    )
    assert figures[PROVINCE, PEOPLE]["carried_by"][0]["edition"] == PROVINCE
