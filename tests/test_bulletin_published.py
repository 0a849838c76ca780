"""The bulletin of a province that was really received, audited and published."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from orchestration.home import Home
from orchestration.indicators import load_indicators
from orchestration.report.bulletin import figures, write_bulletin


def test_the_night_leaves_the_provinces_bulletin(published_small_province: Home):
    folder = published_small_province.bulletins / "2021-08"
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == [
        "610000.docx",
        "610000.html",
        "610000.md",
    ]


def test_every_figure_of_the_dictionary_is_published_for_the_province(published_small_province: Home):
    found = figures(published_small_province.warehouse, "2021-08", "610000")
    assert [figure.key for figure in found] == list(load_indicators())


@pytest.mark.parametrize(("unit", "all_of"), [("611000", "全市"), ("611024", "全县")])
def test_a_city_with_one_county_reports_that_countys_households(
    published_small_province: Home, tmp_path: Path, unit: str, all_of: str
):
    home = Home(tmp_path / "home")
    shutil.copytree(published_small_province.published, home.published)
    shutil.copy(published_small_province.units_csv, home.root / "reporting_units.csv")
    of_the_county = {figure.key: figure for figure in figures(home.warehouse, "2021-08", "611024")}
    text = write_bulletin(home, "2021-08", unit)[0].read_text(encoding="utf-8")
    assert f"{all_of}目前监测对象总规模为{of_the_county['monitored_households_total'].display}、" in text


def test_every_figure_of_the_page_leads_to_its_trace(published_small_province: Home):
    page = published_small_province.bulletins / "2021-08" / "610000.html"
    led = set(re.findall(r'class="figure" href="([^"]+)"', page.read_text(encoding="utf-8")))
    assert len(led) > 59
    assert all((page.parent / path).is_file() for path in led)


@pytest.mark.parametrize(
    ("period", "title"),
    [("2021-Q3", "季度调度通报"), ("2021-H2", "半年工作小结"), ("2021", "年度工作总结")],
)
def test_the_months_reported_give_longer_bulletins_too(
    published_small_province: Home, tmp_path: Path, period: str, title: str
):
    home = Home(tmp_path / "home")
    shutil.copytree(published_small_province.published, home.published)
    shutil.copy(published_small_province.units_csv, home.root / "reporting_units.csv")
    text = write_bulletin(home, period)[0].read_text(encoding="utf-8")
    assert text.splitlines()[0].endswith(title)
    assert "数据截至8月底。" in text and "本期发生数为1个月报表的合计。" in text
