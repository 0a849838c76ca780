"""The bulletin as files: read from a published warehouse, written whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from bulletin_support import Row, publish

from orchestration.home import Home
from orchestration.report.bulletin import (
    NoFigures,
    figures,
    write_bulletin,
    write_bulletins,
    write_editions,
)

AUGUST, JULY = date(2021, 8, 31), date(2021, 7, 31)
ROWS = [
    # out of the bulletin's order on purpose
    Row("2021-08", "610000", "resident_workers", 25155, AUGUST, ("2021-07", 25001)),
    Row("2021-08", "610000", "monitored_households_total", 32200, AUGUST),
    Row("2021-08", "611024", "resident_workers", 301, AUGUST),
    Row("2021-08", "611000", "resident_workers", 2301, AUGUST),
    Row("2021-07", "610000", "resident_workers", 25001, JULY),
]
FORMATS = ("md", "docx", "html")


@pytest.fixture
def published(home) -> Home:
    publish(home.warehouse, ROWS)
    return home


def test_figures_come_in_the_bulletins_order_and_exact(published):
    found = figures(published.warehouse, "2021-08", "610000")
    assert [figure.key for figure in found] == ["monitored_households_total", "resident_workers"]
    assert found[0].value == Decimal(32200)
    assert found[0].as_of == AUGUST


def test_what_a_figure_was_before_is_printed_as_it_was(published):
    earlier = figures(published.warehouse, "2021-08", "610000")[1].previous
    assert (earlier.period, earlier.value, earlier.display, earlier.as_of) == (
        "2021-07",
        25001,
        "25001名",
        JULY,
    )


def test_the_province_is_written_when_no_unit_is_named(published):
    written = write_bulletin(published, "2021-08")
    assert written == [published.bulletins / "2021-08" / f"610000.{form}" for form in FORMATS]
    for path in (written[0], written[2]):
        assert "选派驻村工作人员" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("unit", "name", "workers"), [("611024", "山阳县", "301名"), ("611000", "商洛市", "2301名")]
)
def test_a_county_and_a_city_have_bulletins_of_their_own(published, unit, name, workers):
    text = write_bulletin(published, "2021-08", unit)[0].read_text(encoding="utf-8")
    assert text.startswith(f"# {name}")
    assert f"选派驻村工作人员{workers}" in text


def test_writing_again_changes_no_byte_and_leaves_nothing_beside(published):
    first = {path: path.read_bytes() for path in write_bulletin(published, "2021-08")}
    second = {path: path.read_bytes() for path in write_bulletin(published, "2021-08")}
    assert first == second
    written = (published.bulletins / "2021-08").iterdir()
    assert sorted(path for path in written if path.is_file()) == sorted(first)


def test_every_edition_is_the_one_that_is_written_alone(published):
    alone = [write_bulletin(published, "2021-08", unit) for unit in (None, "611000", "611024")]
    content = {path: path.read_bytes() for paths in alone for path in paths}
    together = list(write_editions(published, "2021-08"))
    assert [unit.code for unit, _, _ in together] == ["610000", "611000", "611024"]
    assert {total for _, total, _ in together} == {3}
    assert {path: path.read_bytes() for _, _, paths in together for path in paths} == content


def test_a_unit_or_period_that_does_not_exist_is_refused(published):
    with pytest.raises(ValueError, match="999999"):
        write_bulletin(published, "2021-08", "999999")
    with pytest.raises(ValueError, match="2021-13"):
        write_bulletin(published, "2021-13")


@pytest.mark.parametrize("write", [write_bulletin, lambda home, period: list(write_editions(home, period))])
def test_a_month_that_was_never_published_is_said_and_nothing_written(published, write):
    with pytest.raises(NoFigures, match="2021-06"):
        write(published, "2021-06")
    assert not (published.bulletins / "2021-06").exists()


def test_of_several_periods_one_without_figures_has_no_bulletin(published):
    written = write_bulletins(published, ["2021-06", "2021-08"])
    assert {path.parent.name for path in written} == {"2021-08"}


def test_a_file_published_by_an_older_program_asks_for_a_night(published):
    with duckdb.connect(str(published.warehouse)) as connection:
        connection.execute("drop table marts.rpt_figures")
    with pytest.raises(NoFigures, match="zhenxing nightly"):
        write_bulletin(published, "2021-08")
