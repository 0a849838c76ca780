"""The record of issued bulletins: what an edition printed is kept, once, whatever is killed or written again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from orchestration.home import Home
from orchestration.publish.ledger import FIGURES, Entry, write_entry
from orchestration.report.restated import carriers, record, restated_since

PERIOD, PROVINCE, COUNTY = "2021-08", "610000", "610922"
PEOPLE = "employment_lifted_labour"


def said(words: str, unit: str = PROVINCE, period: str = PERIOD) -> tuple[str, str, str, str]:
    return unit, period, PEOPLE, words


def files(home: Home) -> dict[str, bytes]:
    folder = home.bulletins / "issued"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.json")}


def published(home: Home, number: int, day: int) -> None:
    moment = datetime(2021, 9, day, 18, tzinfo=UTC)
    write_entry(home, Entry(number, moment, moment, "", 0), FIGURES.empty_table())
    (home.published / "manifest.json").write_text(f'{{"publication": {number}}}', encoding="utf-8")


def test_a_figure_is_found_in_the_editions_that_printed_it_in_these_words(home: Home):
    published(home, 1, 5)
    record(home, 1, PERIOD, PROVINCE, [said("212万人"), said("3200人", COUNTY)])
    record(home, 1, PERIOD, COUNTY, [said("3200人", COUNTY)])
    record(home, 1, "2021-09", COUNTY, [said("3300人", COUNTY, "2021-09"), said("3200人", COUNTY)])
    found = carriers(home, PERIOD, PEOPLE, COUNTY, "3200人")
    assert [(each.period, each.edition) for each in found] == [
        (PERIOD, PROVINCE),
        (PERIOD, COUNTY),
        ("2021-09", COUNTY),
    ]
    assert {(each.publication, each.day) for each in found} == {(1, date(2021, 9, 6))}
    assert carriers(home, PERIOD, PEOPLE, COUNTY, "3200") == []


def test_an_edition_that_says_the_same_adds_no_record(home: Home):
    record(home, 1, PERIOD, PROVINCE, [said("212万人")])
    record(home, 2, PERIOD, PROVINCE, [said("212万人")])
    assert list(files(home)) == [f"{PERIOD}/{PROVINCE}/00001.json"]
    record(home, 3, PERIOD, PROVINCE, [said("213万人")])
    record(home, 4, PERIOD, PROVINCE, [said("212万人")])
    assert [name[-10:] for name in sorted(files(home))] == ["00001.json", "00003.json", "00004.json"]


def test_recording_again_changes_no_byte_whatever_the_order(home: Home):
    figures = [said("212万人"), said("3200人", COUNTY)]
    record(home, 1, PERIOD, PROVINCE, figures)
    before = files(home)
    record(home, 1, PERIOD, PROVINCE, reversed(figures))
    assert files(home) == before


def test_what_an_edition_said_in_the_same_publication_is_not_lost(home: Home):
    record(home, 1, PERIOD, PROVINCE, [said("212万人")])
    record(home, 1, PERIOD, PROVINCE, [said("3200人", COUNTY)])
    assert carriers(home, PERIOD, PEOPLE, PROVINCE, "212万人")
    assert carriers(home, PERIOD, PEOPLE, COUNTY, "3200人")


def test_what_a_killed_record_left_half_written_is_no_record(home: Home):
    record(home, 1, PERIOD, PROVINCE, [said("212万人")])
    half = home.bulletins / "issued" / PERIOD / PROVINCE / ".00002.json.7.aa.tmp"
    half.write_text('[["6100', encoding="utf-8")
    assert restated_since(home, PERIOD, PROVINCE) == []
    assert len(carriers(home, PERIOD, PEOPLE, PROVINCE, "212万人")) == 1


def test_a_moved_home_keeps_its_record(home: Home, tmp_path_factory: pytest.TempPathFactory):
    record(home, 1, PERIOD, PROVINCE, [said("212万人")])
    moved = Home(tmp_path_factory.mktemp("moved") / "home")
    home.root.rename(moved.root)
    assert carriers(moved, PERIOD, PEOPLE, PROVINCE, "212万人")
    moved.root.rename(home.root)


def test_an_edition_knows_what_it_first_said(home: Home):
    record(home, 1, PERIOD, PROVINCE, [said("212万人"), said("3200人", COUNTY)])
    record(home, 2, PERIOD, PROVINCE, [said("213万人"), said("3200人", COUNTY)])
    record(home, 3, PERIOD, PROVINCE, [said("214万人")])
    [first] = restated_since(home, PERIOD, PROVINCE)
    assert (first.unit_code, first.first_publication, first.first, first.now) == (
        PROVINCE,
        1,
        "212万人",
        "214万人",
    )
    assert [each.now for each in restated_since(home, PERIOD, PROVINCE, until=2)] == ["213万人"]


def test_a_figure_of_its_own_that_an_edition_no_longer_prints_was_withdrawn(home: Home):
    record(home, 1, PERIOD, COUNTY, [said("3200人", COUNTY), said("212万人")])
    record(home, 2, PERIOD, COUNTY, [])
    assert [(each.unit_code, each.now) for each in restated_since(home, PERIOD, COUNTY)] == [(COUNTY, None)]


def test_an_edition_corrected_back_to_its_first_words_differs_in_nothing(home: Home):
    for publication, words in enumerate(("212万人", "213万人", "212万人"), start=1):
        record(home, publication, PERIOD, PROVINCE, [said(words)])
    assert restated_since(home, PERIOD, PROVINCE) == []


def test_a_quarter_that_another_month_was_added_to_begins_anew(home: Home):
    record(home, 1, "2021-Q3", PROVINCE, [said("212万人", period="2021-Q3")], source="2021-08")
    record(home, 2, "2021-Q3", PROVINCE, [said("215万人", period="2021-Q3")], source="2021-09")
    assert restated_since(home, "2021-Q3", PROVINCE) == []
    record(home, 3, "2021-Q3", PROVINCE, [said("216万人", period="2021-Q3")], source="2021-09")
    [changed] = restated_since(home, "2021-Q3", PROVINCE)
    assert (changed.first_publication, changed.first, changed.now) == (2, "215万人", "216万人")
