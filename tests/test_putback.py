"""Putting a publication back over the nights of a small province, and what follows it.

Publication 1: all first workbooks. 2: 石泉县 corrects its people at work. 3 puts the 1st back. A night brings another correction
of 石泉县 and is held; the hold is released, and the next night publishes 4.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

import duckdb
import pytest
from pipeline_edits import SHIQUAN, add
from pipeline_support import PERIOD, PROVINCE, night, send_again

from orchestration.behind import behind
from orchestration.cli import main
from orchestration.home import Home
from orchestration.model.as_of import past
from orchestration.night import is_settled
from orchestration.nightly import AnotherNight, Run, alone, run_night, run_putback
from orchestration.pending import Pending, pending
from orchestration.publish.held import PublishHeld, held_by
from orchestration.publish.kept import kept_folder, kept_numbers
from orchestration.publish.ledger import Entry, entries, number_in
from orchestration.publish.manifest import differences, listed, read_manifest
from orchestration.publish.putback import NotPutBack, put_back
from orchestration.report.restated.due import notice_files, restating
from orchestration.summary import summarise

PEOPLE = "employment_lifted_labour"
ID_NUMBER = "610102196001011237"  # hidden wherever the reason is told
OF_PUBLICATIONS = {"quality.publications", "marts.rpt_restatements"}


@dataclass(repr=False)
class Story:
    home: Home
    files: dict[int, Path] = field(default_factory=dict)  # a copy of each publication's warehouse
    people: dict[str, tuple] = field(default_factory=dict)  # the province's people at work, after each step
    bulletins: dict[str, str] = field(default_factory=dict)
    settled: dict[str, bool] = field(default_factory=dict)
    late: dict[str, tuple[str, ...]] = field(default_factory=dict)
    put_back: Run | None = None
    held: Run | None = None
    released: Entry | None = None

    def after(self, step: str, number: int) -> None:
        home = self.home
        self.files[number] = shutil.copy(home.warehouse, home.root / f"{number}.duckdb")
        [self.people[step]] = rows(
            home.warehouse,
            f"select value, display_zh from marts.rpt_figures where (reporting_period, unit_code, figure_key) = "
            f"('{PERIOD}', '{PROVINCE}', '{PEOPLE}')",
        )
        self.bulletins[step] = (home.bulletins / PERIOD / f"{PROVINCE}.md").read_text(encoding="utf-8")
        self.settled[step] = is_settled(home)
        self.late[step] = behind(home)


@pytest.fixture(scope="module")
def story(published_small_province: Home, tmp_path_factory: pytest.TempPathFactory) -> Story:
    home = Home(tmp_path_factory.mktemp("putback") / "home")
    shutil.copytree(published_small_province.root, home.root)
    found = Story(home)
    found.after("first", 1)
    send_again(home, SHIQUAN, 2, "employment", add("people", 100))
    night(home)
    found.after("corrected", 2)
    found.put_back = run_putback(home, 1, f"误将草表\n发布{ID_NUMBER}")
    found.after("put back", 3)
    send_again(home, SHIQUAN, 3, "employment", add("people", 200))
    found.held = run_night(home)
    found.after("held", 3)
    found.released = held_by(home)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ZHENXING_HOME", str(home.root))
        assert main(["putback", "--release"]) == 0
    found.settled["released"] = is_settled(home)
    night(home)
    found.after("published again", 4)
    return found


def rows(path: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_put_back_publication_is_the_next_with_the_content_of_the_old_one(story: Story):
    first, again = read_manifest(kept_folder(story.home, 1)), read_manifest(kept_folder(story.home, 3))
    assert again["publication"] == 3 and again["puts_back"] == 1
    assert again["known_until"] == first["known_until"]
    contents = {
        number: {each["file"]: each["content"] for each in listed(manifest) if not _is_of_publications(each)}
        for number, manifest in ((1, first), (3, again))
    }
    assert contents[1] == contents[3] and len(contents[1]) > 30
    assert story.people["first"] == story.people["put back"] != story.people["corrected"]


def _is_of_publications(file: dict) -> bool:
    return any(f"/{table.split('.')[1]}/" in file["file"] for table in OF_PUBLICATIONS)


def test_its_file_has_the_comments_of_the_old_one_and_the_format_of_any(story: Story):
    query = "select table_name, column_name, comment from duckdb_columns() where not internal order by all"
    of_first = set(rows(story.files[1], query))
    assert {
        row for row in rows(story.files[3], query) if row[0] not in ("publications", "rpt_restatements")
    } <= of_first
    with duckdb.connect() as connection:
        connection.execute(f"attach '{story.files[3]}' as published (read_only)")
        [(tags,)] = connection.execute(
            "select tags from duckdb_databases() where database_name = 'published'"
        ).fetchall()
    assert tags["storage_version"].startswith("v1.4.0")


def test_readers_see_that_it_was_put_back_and_why(story: Story):
    said = rows(story.files[3], "select number, puts_back, reason from quality.publications order by 1")
    assert said == [(1, None, None), (2, None, None), (3, 1, "误将草表 发布(个人信息)")]
    said = rows(story.files[4], "select number, puts_back from quality.publications order by 1")
    assert said == [(1, None), (2, None), (3, 1), (4, None)]


def test_the_ledger_has_the_figures_that_putting_back_changed(story: Story):
    second, third = entries(story.home)[1:3]
    assert third.figures_changed == second.figures_changed > 0


def test_what_putting_back_restates_is_told_alike_by_it_and_by_the_model_afterwards(story: Story):
    query = "select * from marts.rpt_restatements where publication <= 3 order by all"
    restated = rows(story.files[3], query)
    assert {row[-1] for row in restated} == {2, 3}
    assert restated == rows(story.files[4], query)
    reasons = rows(
        story.files[4],
        "select distinct publication, reason_zh, units_zh from marts.rpt_restatements order by 1",
    )
    assert reasons == [
        (2, "更正", "石泉县"),
        (3, "恢复第1次发布:误将草表 发布(个人信息)", None),
        (4, "更正", "石泉县"),
    ]


def test_each_of_them_has_its_notice_and_that_of_putting_back_says_so(story: Story):
    assert [entry.number for entry in restating(story.home)] == [2, 3, 4]
    of_third = notice_files(story.home, entries(story.home)[2])
    assert all(path.exists() for path in of_third)
    text = of_third[0].read_text(encoding="utf-8")
    assert "因恢复第1次发布的数据（误将草表 发布(个人信息)）" in text and "恢复旧发布" in text
    assert "第3次发布更正已公布的数据" in text


def test_what_stands_on_a_publication_follows_it_back(story: Story):
    assert story.put_back.succeeded
    assert story.late["put back"] == ()
    assert story.bulletins["put back"] == story.bulletins["first"] != story.bulletins["corrected"]
    assert "本期此前印发的数据有" in story.bulletins["corrected"]


def test_while_it_holds_a_night_receives_and_judges_and_does_not_publish(story: Story):
    assert isinstance(story.held.error, PublishHeld)
    assert {
        "receive",
        "land",
        "audit_files",
        "model",
        "audit_warehouse",
        "receipts",
    } <= story.held.night.results.keys()
    assert story.people["held"] == story.people["put back"]
    assert story.files[3].read_bytes() == (kept_folder(story.home, 3) / "warehouse.duckdb").read_bytes()
    summary = summarise(story.home, story.held)
    assert summary.outcome == "held"
    [reason] = summary.blocking
    assert "第3次发布恢复了第1次的内容" in reason and "putback --release" in reason


def test_it_is_never_settled_so_the_next_night_works_on_every_month(story: Story):
    assert story.settled == {
        "first": True,
        "corrected": True,
        "put back": False,
        "held": False,
        "released": False,
        "published again": True,
    }


def test_the_first_night_after_its_release_publishes_what_the_build_says(story: Story):
    assert story.released.number == 3
    assert held_by(story.home) is None
    assert number_in(story.home.warehouse) == 4
    assert story.people["published again"][0] == story.people["first"][0] + 200
    assert pending(story.home) == Pending()
    assert story.late["published again"] == ()


def test_all_are_kept_whole_and_unchanged_files_lie_on_the_disk_once(story: Story):
    assert kept_numbers(story.home) == [1, 2, 3, 4]
    assert [differences(kept_folder(story.home, number)) for number in (1, 2, 3, 4)] == [[], [], [], []]
    file = "parquet/fct_hotline_calls/reporting_period=2021-08/fct_hotline_calls.parquet"
    # The first was copied with the home.
    inodes = {(kept_folder(story.home, number) / file).stat().st_ino for number in (2, 3, 4)}
    assert inodes == {(story.home.published / file).stat().st_ino}


def test_as_of_the_time_it_was_put_back_the_old_figures_come_out_again(story: Story):
    third = entries(story.home)[2]
    then = past(story.home, third.published_at)
    assert then.publication.number == 3
    query = "select * from marts.rpt_figures order by all"
    assert rows(then.home.warehouse, query) == rows(story.files[1], query)
    decisions = "select count(*) from quality.decisions"
    assert rows(then.home.warehouse, decisions) == rows(story.files[1], decisions)


@pytest.fixture
def own(story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A copy of the home at the end of the story, which is also the current one."""
    home = Home(tmp_path / "own")
    shutil.copytree(story.home.root, home.root)
    monkeypatch.setenv("ZHENXING_HOME", str(home.root))
    return home


def test_the_command_lists_what_is_kept_and_what_is_current(own: Home, capsys):
    assert main(["publications", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [(each["number"], each["current"], each["puts_back"]) for each in answer["publications"]] == [
        (1, False, None),
        (2, False, None),
        (3, False, 1),
        (4, True, None),
    ]
    assert answer["held_by"] is None
    assert main(["publications", "--check"]) == 0
    said = "".join(capsys.readouterr().out.split())
    assert said.count("相符") == 4 and "恢复第1次:误将草表发布(个人信息)" in said


def test_checking_names_what_differs(own: Home, capsys):
    file = "parquet/rpt_figures/reporting_period=2021-08/rpt_figures.parquet"
    (own.published / file).unlink()
    (own.published / file).write_bytes(b"another")
    (kept_folder(own, 2) / "parquet" / "rules" / "rules.parquet").unlink()
    assert main(["publications", "--check"]) == 1
    said = capsys.readouterr().out
    assert f"var/published {file}:7字节" in said
    assert "var/published/kept/00002 parquet/rules/rules.parquet:缺" in said
    with pytest.raises(NotPutBack, match="与其清单不符"):
        put_back(own, 2, "试")


def test_one_that_was_put_back_before_stands_for_the_one_it_has_the_content_of(own: Home):
    assert put_back(own, 3, "再次").puts_back == 1
    assert put_back(own, 1, "另一次").number == 5  # holds already
    assert [entry.number for entry in entries(own)] == [1, 2, 3, 4, 5]
    assert put_back(own, 2, "换一次").puts_back == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["4", "--reason", "试"], "现行的就是第4次发布"),
        (["9", "--reason", "试"], "没有保留第9次发布;保留的有:1、2、3、4"),
        (["1"], "要写明原因"),
        (["--release"], "没有恢复后未解除的发布"),
        ([], "zhenxing putback NUMBER"),
        (["1", "--release"], "zhenxing putback NUMBER"),
    ],
)
def test_what_cannot_be_put_back_is_refused_in_words(own: Home, capsys, arguments: list[str], said: str):
    before = own.warehouse.read_bytes()
    assert main(["putback", *arguments]) == 1
    assert said in capsys.readouterr().err
    assert own.warehouse.read_bytes() == before and number_in(own.warehouse) == 4


def test_while_a_night_works_nothing_is_put_back(own: Home, capsys):
    with alone(own), pytest.raises(AnotherNight):
        run_putback(own, 1, "试")
    with alone(own):
        assert main(["putback", "1", "--reason", "试"]) == 1
    assert "另一个任务正在写入" in capsys.readouterr().err


def test_the_command_says_what_it_put_back_and_that_it_holds(own: Home, capsys):
    assert main(["putback", "2", "--reason", "第4次有误"]) == 0
    said = capsys.readouterr().out
    assert "第5次发布恢复了第2次的内容" in said and "第4次有误" in said and str(own.warehouse) in said
    assert main(["publications"]) == 0
    assert "解除:zhenxing putback --release" in capsys.readouterr().out
    assert behind(own) == ()


def test_a_failure_in_what_follows_is_told_and_done_by_asking_again(own: Home, monkeypatch, capsys):
    def fails(_: Home) -> list[Path]:
        raise RuntimeError("磁盘已满")

    with monkeypatch.context() as broken:
        broken.setattr("orchestration.report.restated.assets.write_notices", fails)
        assert main(["putback", "2", "--reason", "第4次有误"]) == 1
    assert "旧发布已恢复" in capsys.readouterr().err
    assert "restatement_notices" in behind(own)
    assert main(["putback", "2", "--reason", "第4次有误"]) == 0
    assert behind(own) == () and number_in(own.warehouse) == 5


def test_moments_are_those_of_the_entry(story: Story):
    [third] = [entry for entry in entries(story.home) if entry.number == 3]
    [(published_at, known_until)] = rows(
        story.files[3], "select published_at, known_until from quality.publications where number = 3"
    )
    assert published_at.replace(tzinfo=UTC) == third.published_at
    assert known_until.replace(tzinfo=UTC) == third.known_until == entries(story.home)[0].known_until
