"""Landing again after a card has changed: what is replaced, what stays, what is judged anew, and a kill at any instant."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from land_support import COUNTY, Killed, count_replacements, county_sheets, lake_rows, register
from typer.testing import CliRunner
from upgrade_support import edited_cards

from orchestration import lake
from orchestration.audit.files import audit_files
from orchestration.cli import app
from orchestration.home import Home
from orchestration.land.land import land
from orchestration.land.reland import NotRelanded, differences, landed_periods, reland
from orchestration.receive.register import Register

PERIOD = "2021-08"
OTHER = "610831"


def _renamed_in_the_sheet(header: str, written: str) -> list:
    """A county's workbook in which one header of 驻村培训 is written another way."""
    sheets = county_sheets(2)
    for sheet in sheets:
        if sheet.name == "驻村培训":
            for cells in sheet.rows.values():
                cells[:] = [written if text == header else text for text in cells]
    return sheets


@pytest.fixture
def misread(home: Home) -> Home:
    """A county whose 驻村培训 names a required column otherwise than the card, and another that does not; judged once."""
    register(home, _renamed_in_the_sheet("培训班次", "学习班叫法"))
    register(home, county_sheets(1), unit=OTHER)
    land(home)
    audit_files(home)
    return home


def _alias(card: dict) -> None:
    column = next(c for c in card["columns"] if c["config"]["meta"].get("header") == "培训班次")
    column["config"]["meta"]["aliases"] = [*column["config"]["meta"].get("aliases", []), "学习班叫法"]


def _states(home: Home) -> dict[tuple[str, str], str]:
    """The standing decision by unit and dataset."""
    last = sorted(lake_rows(home, "decisions"), key=lambda row: row["decided_at"])
    return {(row["unit_code"], row["dataset"]): row["state"] for row in last}


def _names(home: Home) -> set[tuple[str, str]]:
    return {(row["unit_code"], row["session_title"]) for row in lake_rows(home, "resident_training")}


def _register(home: Home) -> list:
    with Register(home.register) as opened:
        return opened.submissions()


def test_a_header_the_card_now_knows_is_read_from_the_archive_and_judged_again(
    misread: Home, tmp_path_factory, monkeypatch
) -> None:
    assert _states(misread)[COUNTY, "resident_training"] == "returned"
    verdicts, received = lake_rows(misread, "verdicts"), _register(misread)
    edited_cards(tmp_path_factory.mktemp("cards"), monkeypatch, resident_training=_alias)
    [done] = reland(misread, [PERIOD])
    assert [s for s in done.changed if s.startswith(COUNTY)] and len(done.changed) == 1
    assert (COUNTY, "session_title-1") in _names(misread)
    audit_files(misread)
    assert _states(misread)[COUNTY, "resident_training"] == "accepted"
    assert _register(misread) == received
    after = {row["verdict_id"]: row for row in lake_rows(misread, "verdicts")}
    assert all(after[row["verdict_id"]] == row for row in verdicts), "a verdict was changed or removed"
    added = [row for key, row in after.items() if key not in {v["verdict_id"] for v in verdicts}]
    assert {row["unit_code"] for row in added} == {COUNTY}, "whose content did not change is not judged again"
    [mended] = [row for row in added if row["scope"] == "structure"]
    assert mended["outcome"] == "passed"


def test_landing_again_by_the_same_cards_changes_no_verdict_and_no_pseudonym(misread: Home) -> None:
    before = {table: lake_rows(misread, table) for table in ("employment", "microcredit", "landed_columns")}
    [done] = reland(misread, [PERIOD])
    assert done.changed == ()
    assert {table: lake_rows(misread, table) for table in before} == before
    assert audit_files(misread).judged == 0
    [batch] = lake.batches(misread, PERIOD)
    assert (batch.generation, len(batch.submissions)) == (1, 2)
    land(misread)
    assert lake.batches(misread, PERIOD) == [batch]


def test_a_reader_finds_the_old_or_the_new_wherever_landing_again_is_killed(
    misread: Home, tmp_path_factory, monkeypatch
) -> None:
    start = tmp_path_factory.mktemp("killed") / "home"
    shutil.copytree(misread.root, start)
    edited_cards(tmp_path_factory.mktemp("cards"), monkeypatch, resident_training=_alias)
    moment = datetime(2021, 10, 1, tzinfo=UTC)
    old = _read(misread)
    writes = count_replacements(monkeypatch, None)
    reland(misread, [PERIOD], now=moment)
    new, last = _read(misread), writes()
    assert old != new
    home = Home(start)
    commit = last - 1
    for fatal in (1, 3, commit - 1, commit):
        count_replacements(monkeypatch, fatal)
        with pytest.raises(Killed):
            reland(home, [PERIOD], now=moment)
        assert _read(home) == old
    count_replacements(monkeypatch, None)
    monkeypatch.setattr(lake, "sweep_batches", _killed)
    with pytest.raises(Killed):
        reland(home, [PERIOD], now=moment)
    assert _read(home) in (old, new)
    monkeypatch.undo()
    with pytest.MonkeyPatch.context() as again:
        edited_cards(tmp_path_factory.mktemp("cards"), again, resident_training=_alias)
        reland(home, [PERIOD], now=moment)
        assert _read(home) == new
        land(home)
    names = {batch.batch for batch in lake.batches(home)} | {"schema"}
    assert {path.stem for path in (home.lake / "resident_training").rglob("*.parquet")} == names


def _killed(home: Home) -> list:
    raise Killed


def _read(home: Home) -> dict[str, list]:
    """What a reader of the batches that count finds of two tables."""
    return {
        table: [
            row
            for path in lake.landed_files(home, table, PERIOD)
            for row in pq.ParquetFile(path).read().sort_by("submission_id").to_pylist()
        ]
        for table in ("resident_training", "landed_sheets")
    }


def test_one_dataset_is_landed_again_and_the_others_are_carried_over(
    misread: Home, tmp_path_factory, monkeypatch
) -> None:
    others = {table: lake_rows(misread, table) for table in ("microcredit", "employment", "stated_totals")}
    edited_cards(tmp_path_factory.mktemp("cards"), monkeypatch, resident_training=_alias)
    [difference] = differences(misread)
    assert (difference.period, difference.cards, difference.unknown) == (PERIOD, ("resident_training",), 0)
    [done] = reland(misread, [PERIOD], datasets=["resident_training"])
    assert len(done.changed) == 1 and (COUNTY, "session_title-1") in _names(misread)
    assert {table: lake_rows(misread, table) for table in others} == others
    assert differences(misread) == []


def test_batches_of_earlier_days_count_as_landed_by_unknown_cards(misread: Home) -> None:
    [batch] = lake.batches(misread, PERIOD)
    path = lake.manifest_path(misread, PERIOD, batch.batch)
    said = json.loads(path.read_text(encoding="utf-8"))
    old = {name: said[name] for name in ("batch", "period", "submissions", "rows")}
    path.write_text(json.dumps(old), encoding="utf-8")
    [difference] = differences(misread)
    assert (difference.unknown, difference.cards, difference.reader) == (2, (), False)
    reland(misread, [PERIOD])
    assert differences(misread) == []


def test_words_on_a_card_that_land_nothing_are_no_difference(
    misread: Home, tmp_path_factory, monkeypatch
) -> None:
    def describe(card: dict) -> None:
        card["description"] = "另一种说法 | Said otherwise"

    edited_cards(tmp_path_factory.mktemp("cards"), monkeypatch, resident_training=describe)
    assert differences(misread) == []


def test_what_cannot_be_landed_again_is_refused_and_nothing_changes(misread: Home) -> None:
    before = _read(misread)
    with pytest.raises(NotRelanded, match="2021-07 没有报表"):
        landed_periods(misread, "2021-07")
    with pytest.raises(NotRelanded, match="不是报告期"):
        landed_periods(misread, "八月")
    with pytest.raises(NotRelanded, match="没有数据集 nonsense"):
        reland(misread, [PERIOD], datasets=["nonsense"])
    next(misread.archive.glob("*.xlsx")).unlink()
    with pytest.raises(NotRelanded, match="缺少 1 个文件"):
        reland(misread, [PERIOD])
    assert _read(misread) == before


def test_the_command_lists_lands_again_and_says_what_goes_on(
    misread: Home, tmp_path_factory, monkeypatch
) -> None:
    edited_cards(tmp_path_factory.mktemp("cards"), monkeypatch, resident_training=_alias)
    run = CliRunner().invoke
    listed = json.loads(run(app, ["reland", "--json"]).stdout)
    assert [(each["period"], each["datasets"]) for each in listed["periods"]] == [
        (PERIOD, ["resident_training"])
    ]
    assert "驻村培训(resident_training)" in run(app, ["reland"]).stdout
    said = run(app, ["reland", "--period", "2021-07..2021-08"]).stdout
    assert "2021-08 重新入湖 2 份" in said and "内容有变的 1 份" in said and "zhenxing nightly" in said
    assert "都是按现行卡片读入的" in run(app, ["reland"]).stdout


def test_the_cards_of_the_project_are_left_alone(tmp_path: Path, monkeypatch) -> None:
    folder = edited_cards(tmp_path, monkeypatch, resident_training=_alias)
    text = yaml.safe_load((folder / "resident_training.yml").read_text(encoding="utf-8"))
    assert "学习班叫法" in str(text)
