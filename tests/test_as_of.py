"""Two clocks: publish, correct, publish; what was published first comes out again as it was, and what changed is told.

One small province lives through a second night: 石泉县 corrects a figure, 蓝田县 sends a loan that no rule lets pass,
山阳县 sends a workbook that lacks a sheet. What the bureau rules later changes nothing of what was published.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest
from pipeline_edits import LANTIAN, SHANYANG, SHIQUAN, add, put
from pipeline_support import PERIOD, PROVINCE, night, send_again, workbook_of

from orchestration.cards import load_cards
from orchestration.cli import main
from orchestration.home import Home
from orchestration.model.as_of import NoSuchMoment, Past, forget_built, parse_moment, past, publication_at
from orchestration.publish.ledger import Entry, entries
from orchestration.publish.publish import publish

LABOUR = "employment_lifted_labour"


@dataclass(repr=False)
class Story:
    home: Home
    first_file: Path
    second_file: Path
    published: list[Entry]
    first: Past


@pytest.fixture(scope="module")
def story(published_small_province: Home, tmp_path_factory: pytest.TempPathFactory) -> Story:
    home = Home(tmp_path_factory.mktemp("clocks") / "home")
    shutil.copytree(published_small_province.root, home.root)
    first_file = shutil.copy(home.warehouse, home.root / "first.duckdb")
    send_again(home, SHIQUAN, 2, "employment", add("people", 100))
    send_again(home, LANTIAN, 2, "microcredit", put("term_months", 48))
    send_without(home, SHANYANG, 2, "resident_training")
    night(home)
    second_file = shutil.copy(home.warehouse, home.root / "second.duckdb")
    published = entries(home)
    with ruled_since(home):
        first = past(home, published[0].published_at)
    return Story(home, first_file, second_file, published, first)


@contextmanager
def ruled_since(home: Home) -> Iterator[None]:
    """While a county is exempt, and a rule is waived, by rulings made after the publications."""
    rulings = {
        "exemptions.csv": "unit_code,dataset,from_period,to_period,reason\n"
        f"{LANTIAN},resident_training,2021-01,,已无驻村培训\n",
        "waivers.csv": "rule_code,unit_code,reporting_period,granted_on,expires_on,reason\n"
        "*,*,*,2021-01-01,2999-12-31,试运行\n",
    }
    for name, text in rulings.items():
        (home.root / name).write_text(text, encoding="utf-8")
    yield
    for name in rulings:
        (home.root / name).unlink()


def send_without(home: Home, unit: str, version: int, dataset: str) -> None:
    """The unit's first workbook again, without one of its sheets."""
    first = workbook_of(home, unit)
    workbook = openpyxl.load_workbook(first)
    del workbook[load_cards()[dataset].sheet]
    cover = workbook["封面"]
    label = next(c for row in cover.iter_rows() for c in row if str(c.value or "").startswith("版本号"))
    cover.cell(label.row, label.column + 1).value = version
    workbook.save(first.with_name(f"{first.stem}_v{version}.xlsx"))


def rows(path: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(query).fetchall()


def tables(path: Path) -> list[str]:
    query = "select schema_name || '.' || table_name from duckdb_tables() order by 1"
    return [name for (name,) in rows(path, query)]


def differing(one: Path, other: Path, table: str) -> int:
    """Rows, whole, that only one of two files has."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{one}' as one (read_only)")
        connection.execute(f"attach '{other}' as other (read_only)")
        [(here, there)] = connection.execute(
            f"select (select count(*) from (from one.{table} except all from other.{table})),"
            f" (select count(*) from (from other.{table} except all from one.{table}))"
        ).fetchall()
        return here + there


WHERE = f"reporting_period = '{PERIOD}' and unit_code = '{SHIQUAN}' and figure_key = '{LABOUR}'"


def test_each_publication_is_an_entry_of_the_ledger(story: Story):
    assert [entry.number for entry in story.published] == [1, 2]
    assert all(entry.known_until <= entry.published_at + timedelta(seconds=1) for entry in story.published)
    assert story.published[0].figures_changed == len(rows(story.first_file, "from marts.rpt_figures"))
    assert 0 < story.published[1].figures_changed < 30


def test_as_of_the_first_publication_every_table_is_what_was_published(story: Story):
    assert tables(story.first.home.warehouse) == tables(story.first_file)
    off = {
        t: n
        for t in tables(story.first_file)
        if (n := differing(story.first_file, story.first.home.warehouse, t))
    }
    assert off == {}


def test_the_bulletin_then_is_the_bulletin_then_to_the_byte_of_its_figures(story: Story):
    query = f"select * from marts.rpt_bulletin where reporting_period = '{PERIOD}' order by all"
    assert rows(story.first.home.warehouse, query) == rows(story.first_file, query)
    assert rows(story.second_file, query) != rows(story.first_file, query)


def test_as_of_now_is_what_is_published(story: Story):
    assert publication_at(story.home, datetime.now(UTC)).number == 2


def test_looking_back_replaces_nothing(story: Story):
    assert story.home.warehouse.read_bytes() == story.second_file.read_bytes()
    assert sorted(path.name for path in story.first.home.folder.iterdir()) == ["made_by", "warehouse.duckdb"]


def test_the_first_publication_restates_nothing(story: Story):
    assert rows(story.first_file, "from marts.rpt_restatements") == []


def test_a_correction_restates_its_figure_on_every_level_and_names_its_submission(story: Story):
    found = rows(
        story.second_file,
        "select unit_code, figure_key, difference, value_restated - value_published, submission_ids, units_zh, "
        "reason_zh, dataset, reporting_period from marts.rpt_restatements order by 1, 9",
    )
    [(corrected,)] = rows(
        story.second_file,
        f"select submission_id from marts.dim_submission where unit_code = '{SHIQUAN}' and version = 2",
    )
    assert found == [
        (unit, LABOUR, Decimal(100), Decimal(100), corrected, "石泉县", "更正", "employment", period)
        for unit in (PROVINCE, "610900", SHIQUAN)
        for period in ("2021", PERIOD, "2021-H2", "2021-Q3")
    ]


def test_a_restatement_says_what_was_published_when(story: Story):
    first, second = story.published
    [(published_at, restated_at, published, restated)] = rows(
        story.second_file,
        "select published_at, restated_at, value_published, value_restated from marts.rpt_restatements "
        f"where unit_code = '{SHIQUAN}' and reporting_period = '{PERIOD}'",
    )
    assert published_at.replace(tzinfo=UTC) == first.published_at
    assert restated_at.replace(tzinfo=UTC) == second.known_until
    query = f"select value from marts.rpt_bulletin where {WHERE}"
    assert rows(story.first_file, query) == [(published,)]
    assert rows(story.second_file, query) == [(restated,)]


def test_publishing_again_is_no_new_publication(story: Story):
    assert not publish(story.home).changed
    assert entries(story.home) == story.published


def test_a_returned_correction_and_a_sheet_left_out_leave_what_was_accepted_in_force(story: Story):
    found = rows(
        story.second_file,
        "select s.unit_code, s.dataset, s.status, s.reason_zh, d.version, s.tries "
        "from marts.rpt_submission_status as s join marts.dim_submission as d using (submission_id) "
        "where s.status not in ('accepted', 'overdue', 'not_due') and s.dataset <> 'stated_totals' order by 1",
    )
    assert found == [
        (LANTIAN, "microcredit", "partly_accepted", "退回", 1, 2),
        (SHANYANG, "resident_training", "partly_accepted", "缺表", 1, 1),
    ]


def test_what_a_later_version_replaced_says_by_which(story: Story):
    found = rows(
        story.second_file,
        "select one.version, one.is_current, one.is_superseded, two.version from marts.dim_submission as one "
        "left join marts.dim_submission as two on two.submission_id = one.superseded_by "
        f"where one.unit_code = '{SHIQUAN}' order by 1",
    )
    # 汇总表 of the second was not accepted: the first still stands for it.
    assert found == [(1, True, False, 2), (2, True, False, None)]


def test_the_command_writes_the_bulletin_of_then_beside_that_of_now(story: Story, monkeypatch, capsys):
    monkeypatch.setenv("ZHENXING_HOME", str(story.home.root))
    then = f"{story.published[0].published_at:%Y-%m-%dT%H:%M:%S+00:00}"
    now = (story.home.bulletins / PERIOD / f"{PROVINCE}.md").read_bytes()
    assert main(["bulletin", "--period", PERIOD, "--unit", SHIQUAN, "--as-of", then, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    [value] = [figure["value"] for figure in said["figures"] if figure["figure_key"] == LABOUR]
    query = f"select value from marts.rpt_bulletin where {WHERE}"
    assert rows(story.first_file, query) == [(Decimal(value),)]
    assert all(Path(path).is_relative_to(story.home.as_of) for path in said["files"])
    assert (story.home.bulletins / PERIOD / f"{PROVINCE}.md").read_bytes() == now


def test_the_night_as_of_a_moment_says_which_publication_and_where(story: Story, monkeypatch, capsys):
    monkeypatch.setenv("ZHENXING_HOME", str(story.home.root))
    then = f"{story.published[0].published_at:%Y-%m-%dT%H:%M:%S+00:00}"
    assert main(["nightly", "--as-of", then, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["publication"], said["warehouse"]) == (1, str(story.first.home.warehouse))
    assert said["submissions"] == {"accepted": 4}
    assert main(["nightly", "--as-of", then]) == 0
    assert "第 1 次发布" in capsys.readouterr().out
    assert main(["status", "--as-of", then, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["wanting"] == []


@pytest.mark.parametrize("as_of", ["2021-08-01", "2999-01-01", "2999-01-01T08:00", "上月"])
def test_a_moment_without_data_is_refused_in_words(story: Story, monkeypatch, capsys, as_of: str):
    monkeypatch.setenv("ZHENXING_HOME", str(story.home.root))
    for command in (["nightly"], ["status"], ["bulletin", "--period", PERIOD]):
        assert main([*command, "--as-of", as_of]) == 1
        said = capsys.readouterr().err
        assert "Traceback" not in said and ("还没有" in said or "不是时刻" in said)


def test_nothing_published_is_refused_in_words(home: Home, capsys):
    assert main(["nightly", "--as-of", "2021-08-01"]) == 1
    assert "zhenxing nightly" in capsys.readouterr().err


NOW = datetime(2021, 9, 10, 4, tzinfo=UTC)  # noon in Beijing


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2021-09-09", datetime(2021, 9, 9, 15, 59, 59, 999999, tzinfo=UTC)),
        ("2021-09-10", NOW),
        ("2021-09-10T11:59", datetime(2021, 9, 10, 3, 59, tzinfo=UTC)),
        ("2021-09-10 11:59:30", datetime(2021, 9, 10, 3, 59, 30, tzinfo=UTC)),
        ("2021-09-10T03:59:00+00:00", datetime(2021, 9, 10, 3, 59, tzinfo=UTC)),
        ("2021-09-10T03:59:00Z", datetime(2021, 9, 10, 3, 59, tzinfo=UTC)),
    ],
    ids=["the end of a day", "today is now", "in Beijing", "with a blank", "with a zone", "with Z"],
)
def test_a_moment_is_read_in_the_bureaus_zone(text: str, moment: datetime):
    assert parse_moment(text, NOW) == moment


@pytest.mark.parametrize("text", ["2021-09-11", "2021-09-10T12:01", "2021-13-01", "八月", ""])
def test_what_is_no_moment_or_not_yet_is_refused(text: str):
    with pytest.raises(NoSuchMoment):
        parse_moment(text, NOW)


def test_of_many_past_warehouses_the_last_built_stay_and_so_do_the_bulletins_of_all(home: Home):
    for number in range(5):
        folder = home.as_of / f"2021090{number}T000000Z-{number}"
        (folder / "bulletins").mkdir(parents=True)
        (folder / "warehouse.duckdb").write_bytes(b"")
        os.utime(folder / "warehouse.duckdb", (number, number))
    forget_built(home, kept=2)
    assert [path.parent.name[-1] for path in sorted(home.as_of.glob("*/warehouse.duckdb"))] == ["3", "4"]
    assert len(list(home.as_of.glob("*/bulletins"))) == 5
