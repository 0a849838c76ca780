"""The bundle Superset imports: whole, the same each time, every reference answered, nothing of a machine but the file asked for."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from pathlib import Path

import pytest
import yaml

from bi.bundle import bundle, bundle_files
from bi.marts import load_marts
from bi.source import SOURCE, Source, load_source
from orchestration.home import Home

WAREHOUSE = Path("/data/var/published/warehouse.duckdb")
TITLES = {"全省概览", "资金与项目", "监测与帮扶", "报送与质量"}


@pytest.fixture(scope="module")
def source() -> Source:
    return load_source()


@pytest.fixture(scope="module")
def files(source: Source) -> dict[str, dict]:
    return bundle_files(WAREHOUSE, source, load_marts())


def _of(files: dict[str, dict], kind: str) -> dict[str, dict]:
    return {name: content for name, content in files.items() if name.startswith(f"{kind}/")}


def _charts_on(dashboard: dict) -> list[dict]:
    return [
        place
        for place in dashboard["position"].values()
        if isinstance(place, dict) and place["type"] == "CHART"
    ]


def test_the_four_dashboards_are_there_in_chinese(files):
    assert {content["dashboard_title"] for content in _of(files, "dashboards").values()} == TITLES


def test_the_zip_holds_what_superset_looks_for_below_one_folder(source, files):
    with zipfile.ZipFile(io.BytesIO(bundle(WAREHOUSE, source))) as archive:
        assert {name.split("/", 1)[1] for name in archive.namelist()} == files.keys()
        assert {name.split("/", 1)[0] for name in archive.namelist()} == {"zhenxing"}
        assert yaml.safe_load(archive.read("zhenxing/metadata.yaml"))["type"] == "Dashboard"


def test_built_twice_it_is_the_same_to_the_byte(source):
    assert bundle(WAREHOUSE, source) == bundle(WAREHOUSE, load_source())


def test_another_home_changes_the_path_and_no_id(source, files):
    elsewhere = bundle_files(Home(Path("/elsewhere")).warehouse, source, load_marts())
    changed = {name for name in files if files[name] != elsewhere[name]}
    assert changed == {"databases/zhenxing.yaml"}
    [database] = _of(elsewhere, "databases").values()
    assert database["sqlalchemy_uri"] == "duckdb:////elsewhere/var/published/warehouse.duckdb"


def test_the_file_is_opened_read_only_and_reaches_no_other(files):
    [database] = _of(files, "databases").values()
    arguments = database["extra"]["engine_params"]["connect_args"]
    assert arguments["read_only"] is True
    assert arguments["config"]["enable_external_access"] == "false"
    assert not (database["allow_dml"] or database["allow_ctas"] or database["allow_csv_upload"])


def test_every_id_is_said_once(files):
    ids = Counter(content["uuid"] for content in files.values() if "uuid" in content)
    assert [name for name, times in ids.items() if times > 1] == []


def test_every_reference_is_answered(files):
    datasets = {content["uuid"] for content in _of(files, "datasets").values()}
    charts = {content["uuid"]: content for content in _of(files, "charts").values()}
    [database] = _of(files, "databases").values()
    assert {content["database_uuid"] for content in _of(files, "datasets").values()} == {database["uuid"]}
    assert {content["dataset_uuid"] for content in charts.values()} == datasets
    shown = [place["meta"]["uuid"] for d in _of(files, "dashboards").values() for place in _charts_on(d)]
    assert sorted(shown) == sorted(charts)
    for dashboard in _of(files, "dashboards").values():
        for each in dashboard["metadata"]["native_filter_configuration"]:
            assert {target["datasetUuid"] for target in each["targets"]} <= datasets


def test_what_a_filter_or_a_click_leaves_alone_is_on_the_dashboard(files):
    for dashboard in _of(files, "dashboards").values():
        numbers = {place["meta"]["chartId"] for place in _charts_on(dashboard)}
        said = dashboard["metadata"]
        for each in said["native_filter_configuration"]:
            assert set(each["scope"]["excluded"]) < numbers
        for number, clicks in said["chart_configuration"].items():
            assert {int(number), *clicks["crossFilters"]["scope"]["excluded"]} <= numbers


def test_every_place_of_the_grid_hangs_on_the_one_above(files):
    for dashboard in _of(files, "dashboards").values():
        grid = {name: place for name, place in dashboard["position"].items() if isinstance(place, dict)}
        for name, place in grid.items():
            for child in place.get("children", []):
                assert grid[child]["parents"][-1] == name
        for row in (place for place in grid.values() if place["type"] == "ROW"):
            assert sum(grid[child]["meta"]["width"] for child in row["children"]) <= 12


def test_the_latest_period_is_chosen_and_the_county_follows_from_the_city(files):
    for dashboard in _of(files, "dashboards").values():
        filters = {each["name"]: each for each in dashboard["metadata"]["native_filter_configuration"]}
        assert list(filters) == ["周期", "报告期", "市", "县(区)"]
        period = filters["报告期"]
        assert period["controlValues"]["defaultToFirstItem"] and not period["controlValues"]["sortAscending"]
        assert period["controlValues"]["enableEmptyFilter"]
        assert period["cascadeParentIds"] == [filters["周期"]["id"]]
        assert filters["县(区)"]["cascadeParentIds"] == [filters["市"]["id"]]


def test_the_cadence_chosen_at_first_is_one_that_the_calendar_knows(source):
    seed = SOURCE.parent.parent / "dbt_project" / "seeds" / "reporting_cadences.csv"
    assert source.filters["cadence"].default in seed.read_text(encoding="utf-8")


def test_columns_bear_the_chinese_of_their_contract(files):
    columns = {c["column_name"]: c for c in files["datasets/zhenxing/rpt_project_progress.yaml"]["columns"]}
    assert columns["city_name"]["verbose_name"] == "所属市"
    assert columns["total_funds"]["description"] == "资金总量,元"
    for dataset in _of(files, "datasets").values():
        for each in dataset["columns"]:
            assert any("一" <= character <= "鿿" for character in each["verbose_name"]), each


def test_numbers_are_counted_and_names_are_grouped_by(files):
    columns = {c["column_name"]: c for c in files["datasets/zhenxing/rpt_unit_figures.yaml"]["columns"]}
    assert not columns["value"]["groupby"] and columns["unit_name"]["groupby"]
    assert columns["period_end"]["is_dttm"] and not columns["reporting_period"]["is_dttm"]


def test_a_number_is_titled_as_its_indicator_with_the_unit_below(files):
    chart = files["charts/province-funds.yaml"]
    assert chart["slice_name"] == "中央和省级衔接资金"
    assert chart["params"]["subtitle"] == "亿元"
    assert chart["params"]["y_axis_format"] == ",.2f"


def test_values_with_a_meaning_have_one_colour_each(source, files):
    for dashboard in _of(files, "dashboards").values():
        assert dashboard["metadata"]["color_scheme"] == source.palette.id
        assert dashboard["metadata"]["label_colors"] == source.palette.meanings
    assert set(source.palette.meanings.values()) <= set(source.palette.colors)


def test_nothing_of_a_machine_is_declared():
    for path in SOURCE.rglob("*.yml"):
        words = path.read_text(encoding="utf-8")
        assert "duckdb:/" not in words and "/home/" not in words and str(SOURCE) not in words
