"""Dashboard to column: all of it holds today, and each way in which it can break is named with file, place and nearest name."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path

import pytest

from bi.expressions import ExpressionError, Read, columns_read
from bi.lineage import main
from bi.links import Break, follow
from bi.marts import MODELS, Mart, load_marts
from bi.source import SOURCE, SourceError, load_source

PROJECTS = "dashboards/funds_and_projects.yml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the declaration, to be broken."""
    for path in SOURCE.rglob("*.yml"):
        target = tmp_path / "superset" / path.relative_to(SOURCE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return tmp_path / "superset"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A copy of what the models for dashboards say of themselves, to be broken."""
    for path in (MODELS / "docs.md", MODELS / "marts" / "dashboards.yml"):
        target = tmp_path / "models" / path.relative_to(MODELS)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    (tmp_path / "models" / "datasets").mkdir()
    return tmp_path / "models"


def _edit(path: Path, old: str, new: str) -> None:
    words = path.read_text(encoding="utf-8")
    assert old in words
    path.write_text(words.replace(old, new), encoding="utf-8")


@cache
def _marts() -> dict[str, Mart]:
    return load_marts()


def _breaks(folder: Path = SOURCE, models: Path | None = None) -> list[Break]:
    marts = load_marts(models) if models else _marts()
    return list(follow(load_source(folder), marts).breaks)


def test_everything_holds():
    assert _breaks() == []


def test_every_chart_is_followed_to_a_column():
    source = load_source()
    found = {(link.dashboard, link.chart) for link in follow(source, _marts()).links}
    assert found == {(d.slug, chart.key) for d in source.dashboards for chart in d.charts}


def test_a_link_says_as_what_a_column_is_read_and_its_type():
    links = follow(load_source(), _marts()).links
    read = {(link.role, link.column, link.data_type) for link in links if link.chart == "projects_by_city"}
    assert read == {
        ("by", "city_name", "string"),
        ("series", "status", "string"),
        ("metric projects", "projects", "integer"),
        ("filter cadence", "cadence_zh", "string"),
        ("filter period", "reporting_period", "string"),
        ("filter city", "city_name", "string"),
    }


def test_a_column_renamed_in_a_model_breaks_what_counts_it(models):
    _edit(models / "marts" / "dashboards.yml", "name: total_funds,", "name: all_funds,")
    problem = "no column of rpt_project_progress"
    assert _breaks(models=models) == [
        Break("datasets.yml", f"rpt_project_progress.{metric}", "total_funds", problem, "all_funds")
        for metric in ("pool_funds", "pool_funds_wan", "disbursement_rate")
    ]


def test_a_column_renamed_in_a_model_breaks_charts_filters_and_roles(models):
    _edit(models / "marts" / "dashboards.yml", "name: city_code,", "name: code_of_city,")
    found = _breaks(models=models)
    assert {(each.file, each.place, each.name, each.nearest) for each in found} == {
        ("security.yml", "city", "city_code", "unit_code")
    }
    assert len(found) == len(load_source().datasets)


def test_a_model_that_is_gone_breaks_its_dataset(models):
    _edit(models / "marts" / "dashboards.yml", "name: rpt_fund_progress", "name: rpt_fund_progression")
    assert _breaks(models=models) == [
        Break(
            "datasets.yml",
            "datasets",
            "rpt_fund_progress",
            "no dbt model with a contract",
            "rpt_fund_progression",
        )
    ]


def test_a_chart_on_a_dataset_that_is_not_declared_is_named(folder):
    _edit(
        folder / PROJECTS,
        "kind: treemap, dataset: rpt_project_progress",
        "kind: treemap, dataset: rpt_project",
    )
    assert _breaks(folder) == [
        Break(
            PROJECTS,
            "funds_by_category",
            "rpt_project",
            "no dataset of datasets.yml",
            "rpt_project_progress",
        )
    ]


def test_a_chart_by_a_column_that_its_dataset_lacks_is_named(folder):
    _edit(folder / PROJECTS, "metric: projects, by: status", "metric: projects, by: state")
    problem = "no column of rpt_project_progress"
    assert _breaks(folder) == [Break(PROJECTS, "projects_by_status", "state", problem, "status")]


def test_a_metric_that_is_not_declared_is_named(folder):
    _edit(folder / PROJECTS, "metric: pool_funds, by: category", "metric: pool_fund, by: category")
    problem = "no metric of rpt_project_progress"
    assert _breaks(folder) == [Break(PROJECTS, "funds_by_category", "pool_fund", problem, "pool_funds")]


def test_a_metric_on_a_column_there_is_not_is_named(folder):
    _edit(folder / "datasets.yml", '"sum(projects)"', '"sum(project)"')
    problem = "no column of rpt_project_progress"
    assert _breaks(folder) == [
        Break("datasets.yml", "rpt_project_progress.projects", "project", problem, "projects")
    ]


def test_a_sum_of_words_is_named(folder):
    _edit(folder / "datasets.yml", '"sum(projects)"', '"sum(category)"')
    assert [str(each) for each in _breaks(folder)] == [
        "datasets.yml: rpt_project_progress.projects: category: is string, and is added up as a number"
    ]


def test_a_metric_that_is_no_sql_is_named(folder):
    _edit(folder / "datasets.yml", '"sum(projects)"', '"sum(projects"')
    [found] = _breaks(folder)
    assert found.place == "rpt_project_progress.projects"
    assert found.problem.startswith("no SQL expression: syntax error")


def test_a_filter_on_a_column_that_a_dataset_lacks_is_named_for_each_of_its_charts(folder):
    _edit(folder / "filters.yml", "column: city_name", "column: prefecture")
    found = _breaks(folder)
    charts = sum(
        1 for d in load_source().dashboards for chart in d.charts if "city" not in chart.ignores
    )  # and what each dashboard's filters are offered from
    assert len(found) == charts + len({d.filters_from for d in load_source().dashboards})
    assert {each.name for each in found} == {"prefecture"}


def test_a_condition_of_another_type_is_named(folder):
    _edit(folder / PROJECTS, "where: {unit_kind: county}, width: 6}", "where: {unit_kind: 3}, width: 6}")
    assert [str(each) for each in _breaks(folder)] == [
        f"{PROJECTS}: county_funds: unit_kind: is string, and is compared with 3"
    ]


def test_an_indicator_that_the_dictionary_lacks_is_named(folder):
    _edit(folder / "datasets.yml", "project_pool_projects: [one]", "project_pool_project: [one]")
    problem = "no indicator of the dictionary"
    found = _breaks(folder)
    assert found[0] == Break(
        "datasets.yml",
        "rpt_unit_figures.project_pool_project",
        "project_pool_project",
        problem,
        "project_pool_projects",
    )
    assert {each.name for each in found[1:]} == {"project_pool_projects"}  # charts that show it


def test_a_filter_that_is_ignored_must_exist(folder):
    _edit(folder / PROJECTS, "ignores: [period]", "ignores: [periode]")
    assert {(each.name, each.nearest) for each in _breaks(folder)} == {("periode", "period")}


def test_an_order_by_what_is_not_there_is_named(folder):
    _edit(folder / "dashboards" / "reporting.yml", "sort: +pass_rate", "sort: +passrate")
    assert [(each.place, each.name, each.nearest) for each in _breaks(folder)] == [
        ("units", "passrate", "pass_rate")
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: treemap", "kind: tree", "'tree' is no kind of chart"),
        ("title: 项目状态,", "titel: 项目状态,", "unknown: titel"),
        ("by: status, width: 4", "width: 4", "a pie needs `by`"),
        (
            "by: status, width: 4",
            "by: status, drills: category, width: 4",
            "only a bar without series drills",
        ),
        ("by: status, width: 4", "by: status, spares: [town], width: 4", "spares unknown charts: town"),
        ("key: funds_spent", "key: funds_issued", "key 'funds_issued' is also in"),
        ("by: status, width: 4", "by: status, width: 5", "row 4 is wider than 12"),
    ],
)
def test_a_declaration_that_says_nothing_superset_could_show_is_refused(folder, old, new, said):
    _edit(folder / PROJECTS, old, new)
    with pytest.raises(SourceError, match=said):
        load_source(folder)


def test_the_command_ends_with_1_and_names_what_breaks(folder, models, capsys):
    _edit(models / "marts" / "dashboards.yml", "name: households,", "name: families,")
    assert main(["--source", str(folder), "--models", str(models)]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "datasets.yml: rpt_monitored_groups.households: households: no column of rpt_monitored_groups" in said
    )


def test_the_command_shows_the_way_to_the_column_and_ends_with_0(capsys):
    assert main([]) == 0
    said = capsys.readouterr().out
    assert "资金与项目  /superset/dashboard/funds-and-projects/" in said
    assert "rpt_project_progress  dbt_project/models/marts/dashboards.yml" in said
    assert "0 breaks" in said


def test_the_command_says_the_same_to_programs(folder, capsys):
    _edit(folder / PROJECTS, "metric: projects, by: status", "metric: projects, by: state")
    assert main(["--json", "--source", str(folder)]) == 1
    said = json.loads(capsys.readouterr().out)
    assert [each["nearest"] for each in said["breaks"]] == ["status"]
    assert said["links"][0].keys() == {"dashboard", "chart", "dataset", "role", "column", "data_type"}


def test_a_declaration_that_cannot_be_read_ends_the_command_with_1(folder, capsys):
    _edit(folder / PROJECTS, "kind: treemap", "kind: tree")
    assert main(["--source", str(folder)]) == 1
    assert "is no kind of chart" in capsys.readouterr().err


def test_an_expression_says_what_it_reads_and_what_it_counts():
    expression = "sum(spent) filter (where tier = '中央') / nullif(sum(amount), 0)"
    assert columns_read(expression) == (Read("spent", True), Read("tier", False), Read("amount", True))
    assert columns_read("count(*)") == ()
    assert columns_read("min_by(value, unit_level) / 100") == (
        Read("value", False),
        Read("unit_level", False),
    )


@pytest.mark.parametrize("expression", ["sum(", "a, b", "a from secrets", "(select 1)) from (select 1"])
def test_what_is_more_or_less_than_an_expression_is_refused(expression):
    with pytest.raises(ExpressionError):
        columns_read(expression)
