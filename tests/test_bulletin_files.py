"""The bulletin as files: read from a published warehouse, written whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from orchestration.home import Home
from orchestration.report.bulletin import NoFigures, figures, write_bulletin

ROWS = [
    # out of the bulletin's order on purpose
    ("2021-08", "610000", "resident_workers", "驻村工作人员", 25155, "名", "25155名", date(2021, 8, 31)),
    (
        "2021-08",
        "610000",
        "monitored_households_total",
        "监测对象总户数",
        32200,
        "户",
        "3.22万户",
        date(2021, 8, 31),
    ),
    ("2021-08", "611024", "resident_workers", "驻村工作人员", 301, "名", "301名", date(2021, 8, 31)),
    ("2021-07", "610000", "resident_workers", "驻村工作人员", 25001, "名", "25001名", date(2021, 7, 31)),
]


@pytest.fixture
def published(home) -> Home:
    home.published.mkdir(parents=True)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.rpt_bulletin (reporting_period varchar, unit_code varchar, figure_key varchar,"
            " label_zh varchar, value decimal(38,10), unit varchar, display_zh varchar, as_of date)"
        )
        connection.executemany("insert into marts.rpt_bulletin values (?, ?, ?, ?, ?, ?, ?, ?)", ROWS)
    return home


def test_figures_come_in_the_bulletins_order_and_exact(published):
    found = figures(published.warehouse, "2021-08", "610000")
    assert [figure.key for figure in found] == ["monitored_households_total", "resident_workers"]
    assert found[0].value == Decimal(32200)
    assert found[0].as_of == date(2021, 8, 31)


def test_the_province_is_written_when_no_unit_is_named(published):
    markdown, docx = write_bulletin(published, "2021-08")
    assert markdown == published.bulletins / "2021-08" / "610000.md"
    assert docx == published.bulletins / "2021-08" / "610000.docx"
    assert "选派驻村工作人员25155名" in markdown.read_text(encoding="utf-8")


def test_a_county_has_a_bulletin_of_its_own(published):
    markdown, _ = write_bulletin(published, "2021-08", "611024")
    text = markdown.read_text(encoding="utf-8")
    assert text.startswith("# 山阳县")
    assert "选派驻村工作人员301名" in text


def test_writing_again_changes_no_byte_and_leaves_nothing_beside(published):
    first = {path: path.read_bytes() for path in write_bulletin(published, "2021-08")}
    second = {path: path.read_bytes() for path in write_bulletin(published, "2021-08")}
    assert first == second
    assert sorted((published.bulletins / "2021-08").iterdir()) == sorted(first)


def test_a_unit_or_period_that_does_not_exist_is_refused(published):
    with pytest.raises(ValueError, match="999999"):
        write_bulletin(published, "2021-08", "999999")
    with pytest.raises(ValueError, match="2021-13"):
        write_bulletin(published, "2021-13")


def test_a_month_that_was_never_published_is_said_and_nothing_written(published):
    with pytest.raises(NoFigures, match="2021-06"):
        write_bulletin(published, "2021-06")
    assert not (published.bulletins / "2021-06").exists()
