"""The site as files: when it is due, that it is swapped in whole, how large it is, and how it says its bytes."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import duckdb
import pytest
from browser_support import browser, watched
from site_support import BEFORE, COUNTY, NOW, PROVINCE, with_a_past_and_faults

from orchestration.behind import behind
from orchestration.home import Home
from orchestration.report.site import due, write
from orchestration.report.site.due import STAMP, site_due, site_folder
from orchestration.report.site.links import Links, find_links
from orchestration.report.site.material import Material, read_material
from orchestration.report.site.pages import PAGE_BYTES, pages
from orchestration.report.site.write import write_site

NO_LINKS = Links({}, {}, {})


@pytest.fixture(scope="module")
def made(published_small_province: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    return with_a_past_and_faults(published_small_province, tmp_path_factory.mktemp("site") / "home")


@pytest.fixture
def home(made: Home, tmp_path: Path) -> Home:
    shutil.copytree(made.root, tmp_path / "home")
    return Home(tmp_path / "home")


def test_a_night_writes_a_page_for_every_unit(published_small_province):
    folder = site_folder(published_small_province)
    names = {path.name for path in folder.iterdir()}
    units = ("610100", "610122", "610900", "610922", "611000", COUNTY)
    assert names == {"index.html", STAMP, *(f"{unit}.html" for unit in units)}
    assert not site_due(published_small_province)


def test_nothing_published_needs_no_site(tmp_path):
    assert not site_due(Home(tmp_path))


def test_a_site_is_due_until_it_is_written(home):
    assert site_due(home)
    assert "published_site" in behind(home)
    write_site(home)
    assert not site_due(home)


def test_another_publication_makes_it_due(home):
    write_site(home)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(
            "insert into quality.publications select * replace (number + 1 as number) from quality.publications"
        )
    assert site_due(home)
    write_site(home)
    assert not site_due(home)


def test_other_code_makes_it_due(home, monkeypatch, tmp_path):
    write_site(home)
    changed = tmp_path / "style.css"
    changed.write_text("body { color: red }")
    monkeypatch.setattr(due, "_MADE_BY", (*due._MADE_BY, changed))
    assert site_due(home)


def test_a_bulletin_that_can_be_linked_to_makes_it_due(home):
    write_site(home)
    assert '"links":{}' in (site_folder(home) / f"{COUNTY}.html").read_text(encoding="utf-8")
    page = home.bulletins / NOW / f"{COUNTY}.html"
    page.write_text("通报")
    trace = page.with_suffix(".trace") / "monitored_people_total.html"
    trace.parent.mkdir()
    trace.write_text("追溯")
    assert site_due(home)
    write_site(home)
    assert f'"links":{{"{NOW}":["monitored_people_total"]}}' in (
        site_folder(home) / f"{COUNTY}.html"
    ).read_text(encoding="utf-8")


def test_asking_whether_it_is_due_takes_no_time(home):
    write_site(home)
    site_due(home)
    started = time.perf_counter()
    site_due(home)
    assert time.perf_counter() - started < 0.5


def test_what_is_written_again_is_the_same_to_the_byte(home):
    write_site(home)
    first = {path.name: path.read_bytes() for path in site_folder(home).iterdir()}
    write_site(home)
    assert {path.name: path.read_bytes() for path in site_folder(home).iterdir()} == first


def test_one_killed_while_writing_leaves_the_old_site_whole(home, monkeypatch):
    write_site(home)
    before = {path.name: path.read_bytes() for path in site_folder(home).iterdir()}

    def killed(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(write, "_write", killed)
    with pytest.raises(KeyboardInterrupt):
        write_site(home)
    assert {path.name: path.read_bytes() for path in site_folder(home).iterdir()} == before
    assert [path.name for path in home.published.iterdir() if path.name.startswith(".site")] == []


def test_one_killed_between_its_two_renames_is_made_good(home):
    write_site(home)
    site_folder(home).rename(home.published / ".site.12345678.old")
    assert site_due(home)
    write_site(home)
    assert not site_due(home)
    assert [path.name for path in home.published.iterdir() if path.name.startswith(".site")] == []


def test_a_unit_that_is_no_more_leaves_no_page(home):
    write_site(home)
    (site_folder(home) / "619999.html").write_text("旧")
    write_site(home)
    assert not (site_folder(home) / "619999.html").exists()


def test_a_page_open_while_the_site_is_swapped_stays_readable(home):
    write_site(home)
    with (site_folder(home) / "index.html").open(encoding="utf-8") as opened:
        first = opened.read(1000)
        write_site(home)
        assert len(first + opened.read()) > 500_000


def test_pages_hold_the_ids_and_names_of_nobody(made):
    """Of a failure the counts alone; of a warning its kind."""
    with duckdb.connect(str(made.warehouse), read_only=True) as connection:
        secrets = {
            str(value)
            for sql in (
                "select distinct head_id_no from marts.fct_monitored_households",
                "select distinct borrower_id_no from marts.fct_loans",
                "select distinct masked_name from marts.rpt_warnings where length(masked_name) > 1",
            )
            for (value,) in connection.execute(sql).fetchall()
            if value
        }
    assert secrets
    for _, text in pages(read_material(made.warehouse), find_links(made)):
        data = _data(text)
        assert not any(secret in data for secret in secrets)


def test_no_number_of_the_warehouse_is_a_fraction_in_the_pages_data(made):
    """JSON numbers are counts of reports and rules; every figure is a text."""
    for _, text in pages(read_material(made.warehouse), find_links(made)):
        json.loads(_data(text), parse_float=_refuse)


@pytest.fixture(scope="module")
def large(made: Home, tmp_path_factory: pytest.TempPathFactory) -> Material:
    """Three years of a whole province: 118 units, and three times as many months as one looks at."""
    home = Home(tmp_path_factory.mktemp("large"))
    home.published.mkdir(parents=True)
    shutil.copy(made.warehouse, home.warehouse)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(_MORE_UNITS)
        for table in _LATER_TABLES:
            connection.execute(_LATER.format(table=table))
    return read_material(home.warehouse)


def test_three_years_of_a_whole_province_stay_below_two_megabytes_a_page(large):
    sizes = {name: len(text.encode()) for name, text in pages(large, NO_LINKS)}
    months = [period for period in large.periods if period.cadence == "month"]
    assert (len(sizes), len(months)) == (118, 37)
    assert 1_500_000 < max(sizes.values()) <= PAGE_BYTES == 2_000_000


def test_the_latest_periods_are_compared_and_of_the_others_it_is_said(large, tmp_path):
    path, carried = _provinces_page(large, tmp_path)
    months = sorted(period.key for period in large.periods if period.cadence == "month")
    assert months[-1] in carried
    assert months[0] not in carried
    with browser() as chromium:
        page = chromium.new_page()
        seen = watched(page)
        page.goto(path.as_uri())
        for period, said in ((months[0], True), (months[-1], False)):
            page.select_option("#period", period)
            assert ("为使网页不致过大" in page.inner_text("#comparison")) is said
        assert seen.errors == []


@pytest.mark.parametrize("width", [360, 1920])
def test_a_hundred_counties_stand_in_columns_where_there_is_room(large, tmp_path, width):
    path, _ = _provinces_page(large, tmp_path)
    with browser() as chromium:
        page = chromium.new_page(viewport={"width": width, "height": 900})
        page.goto(path.as_uri())
        page.select_option("#compared", label="全省各县(区)")
        chart = page.locator(".chart svg").first
        names = page.evaluate("[...document.querySelectorAll('#comparison [data-unit]')].length")
        assert names == 114
        drawn = chart.locator("text").all_text_contents()
        assert all(any(unit.name == text for text in drawn) for unit in large.units if unit.kind == "county")
        height = (chart.bounding_box() or {})["height"]
        assert height > 1800 if width == 360 else height < 1000
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_periods_a_page_carries_are_all_it_has_when_they_fit(made):
    _, page = next(pages(read_material(made.warehouse), find_links(made)))
    data = json.loads(_data(page))
    assert {NOW, BEFORE} <= set(data["carried"])
    assert set(data["figures"]) == set(data["carried"])
    assert data["unit"][0] == PROVINCE


def _provinces_page(material: Material, folder: Path) -> tuple[Path, list[str]]:
    name, text = next(pages(material, NO_LINKS))
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name, json.loads(_data(text))["carried"]


def _data(page: str) -> str:
    start = page.index('id="data">') + len('id="data">')
    return page[start : page.index("</script>", start)]


def _refuse(text: str) -> None:
    raise AssertionError(f"{text} is a binary fraction")


_MORE_UNITS = """
    create table more as
    select unit_code as of, cast(cast(unit_code as integer) + n as varchar) as code, n
    from marts.dim_reporting_unit, range(1, 38) as more(n) where kind = 'county';
    insert into marts.dim_reporting_unit by name
    select units.* replace (code as unit_code, unit_name || n as unit_name)
    from marts.dim_reporting_unit as units join more on of = unit_code;
    insert into marts.rpt_figures by name
    select figures.* replace (code as unit_code) from marts.rpt_figures as figures join more on of = unit_code;
    insert into marts.rpt_completeness by name
    select each.* replace (code as unit_code) from marts.rpt_completeness as each join more on of = unit_code;
    insert into marts.rpt_submission_status by name
    select each.* replace (code as unit_code) from marts.rpt_submission_status as each join more on of = unit_code"""

_LATER = """
    insert into {table} by name
    select * exclude (n) replace (strftime(date '2021-08-01' + to_months(n::integer), '%Y-%m') as reporting_period)
    from {table}, range(1, 35) as later(n) where reporting_period = '2021-08'"""
_LATER_TABLES = (
    "marts.rpt_figures",
    "marts.rpt_completeness",
    "marts.rpt_submission_status",
    "marts.rpt_warnings",
)
