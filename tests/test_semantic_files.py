"""The semantic layer as it is written: from the dictionary and the cards, and valid to MetricFlow before any warehouse."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from metricflow_semantic_interfaces.validations.semantic_manifest_validator import SemanticManifestValidator
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest

from orchestration.cards import load_cards
from orchestration.home import Home
from orchestration.indicators import Indicator, Version, load_indicators
from orchestration.model import metrics, semantic
from orchestration.report.reference import indicators_page


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home where nothing has been published, after ``make metrics``."""
    home = Home(tmp_path_factory.mktemp("home"))
    metrics.prepare(home)
    return home


@pytest.fixture(scope="module")
def manifest(home: Home) -> str:
    return (metrics.folder(home) / "target" / "semantic_manifest.json").read_text(encoding="utf-8")


def test_the_committed_files_are_what_dictionary_and_cards_give():
    written = {path: path.read_text(encoding="utf-8") for path in semantic.SEMANTIC.glob("*.yml")}
    assert written == semantic.files()


def test_writing_takes_away_what_no_dataset_stands_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(semantic, "SEMANTIC", tmp_path / "semantic")
    semantic.write_files()
    stray = tmp_path / "semantic" / "gone.yml"
    stray.write_text("version: 2\n", encoding="utf-8")
    semantic.write_files()
    assert not stray.exists()
    assert {path.name for path in stray.parent.iterdir()} == {path.name for path in semantic.files()}


def test_metricflow_finds_nothing_to_say_against_it(manifest: str):
    validated = SemanticManifestValidator().validate_semantic_manifest(
        parse_manifest_from_dbt_generated_manifest(manifest)
    )
    assert [*validated.errors, *validated.future_errors, *validated.warnings] == []


def test_every_indicator_is_a_metric_or_says_why_it_is_not(manifest: str):
    found = {metric["name"] for metric in json.loads(manifest)["metrics"]}
    said = {i.key: semantic.why_not(i) for i in load_indicators().values()}
    assert {
        name
        for i in load_indicators().values()
        if not said[i.key]
        for name in semantic.metric_names(i).values()
    } == found
    assert len(found) >= 10


def test_a_metric_says_what_its_figure_is_called_and_in_what_unit(manifest: str):
    metric = next(m for m in json.loads(manifest)["metrics"] if m["name"] == "monitored_households_total")
    assert metric["label"] == "监测对象总户数"
    assert metric["config"]["meta"] == {
        "kind": "stock",
        "unit": "户",
        "scale": "万",
        "measure_word": "户",
        "decimals": 2,
        "owner": "动态监测",
    }


def test_only_flows_add_up_over_periods(manifest: str):
    measures = [m for model in json.loads(manifest)["semantic_models"] for m in model["measures"]]
    adding = {m["name"] for m in measures if m["non_additive_dimension"] is None}
    assert adding == {i.key for i in load_indicators().values() if i.kind == "flow"}


def test_no_personal_column_is_a_dimension(manifest: str):
    personal = {(c.dataset, k.name) for c in load_cards().values() for k in c.columns if k.personal}
    dimensions = {
        (model["name"].removesuffix(semantic.WEEKLY), dimension["name"])
        for model in json.loads(manifest)["semantic_models"]
        for dimension in model["dimensions"]
    }
    assert personal
    assert personal & dimensions == set()


def test_mf_reads_the_published_file_and_cannot_write_it(home: Home):
    profiles = yaml.safe_load((metrics.folder(home) / "profiles.yml").read_text(encoding="utf-8"))
    output = profiles["zhenxing"]["outputs"][profiles["zhenxing"]["target"]]
    assert "../published/warehouse.duckdb" in output["path"]
    assert output["config_options"] == {"access_mode": "read_only"}


def test_preparing_writes_one_folder_and_nothing_else(home: Home):
    assert [path.relative_to(home.root).as_posix() for path in home.root.glob("*/*")] == ["var/metrics"]


def _expression(indicator: Indicator) -> str:
    """What a row gives to an indicator."""
    return semantic._measure(indicator, "month")["expr"]


def _as(measure: str | None, where: str | None = None, **changed) -> Indicator:
    """An indicator of projects by another formula."""
    known = load_indicators()["project_pool_projects"]
    versions = changed.pop("versions", (Version(measure, where, None, "式"),))
    return replace(known, measure=measure, where=where, versions=versions, **changed)


@pytest.mark.parametrize(
    ("measure", "where", "kind", "expression"),
    [
        ("count(*)", None, "stock", "1"),
        ("count(*)", "status = '竣工'", "stock", "case when status = '竣工' then 1 else 0 end"),
        ("count(completed_on)", None, "stock", "case when completed_on is null then 0 else 1 end"),
        ("sum(total_funds)", None, "stock", "coalesce(total_funds, 0)"),
        (
            "sum(total_funds)",
            "a or b",
            "stock",
            "case when a or b then coalesce(total_funds, 0) else 0 end",
        ),
        ("min(total_funds)", "a", "stock", "case when a then total_funds end"),
        ("count(distinct township)", None, "stock", "township"),
        ("count(distinct township)", None, "flow", "reporting_period || ' ' || cast(township as string)"),
    ],
)
def test_a_row_gives_to_a_figure(measure: str, where: str | None, kind: str, expression: str):
    assert _expression(_as(measure, where, kind=kind)) == expression


def test_a_row_gives_by_the_definition_of_its_month():
    versions = (
        Version("count(*)", "a", None, "旧", valid_until="2021-06"),
        Version("sum(projects)", None, None, "新", valid_from="2021-07"),
    )
    indicator = _as("sum(projects)", versions=versions)
    assert semantic.why_not(indicator) is None
    assert _expression(indicator) == (
        "case when reporting_period <= '2021-06' then case when a then 1 else 0 end"
        " when reporting_period >= '2021-07' then coalesce(projects, 0) end"
    )


@pytest.mark.parametrize(
    ("versions", "reason"),
    [
        (("sum(a) - sum(b)",), "算法不是对每行一个值计数、求和、取最小或最大"),
        (("sum(distinct a)",), "算法不是对每行一个值计数、求和、取最小或最大"),
        (("count(*)", "count(distinct a)"), "各期定义的汇总方式不同"),
    ],
)
def test_what_metricflow_cannot_say_is_named_with_its_reason(versions: tuple[str, ...], reason: str):
    defined = tuple(Version(measure, None, None, "式") for measure in versions)
    indicator = _as(versions[-1], versions=defined)
    assert semantic.why_not(indicator) == reason
    assert semantic.expressible([indicator]) == []
    assert f"([metrics](metrics.md)); not `{indicator.key}` ({reason})" in indicators_page([indicator], [])


def test_a_rate_of_what_cannot_be_said_cannot_be_said(monkeypatch: pytest.MonkeyPatch):
    known = load_indicators()
    started = replace(known["projects_started"], versions=(Version("sum(a) / 2", None, None, "式"),))
    monkeypatch.setattr(semantic, "load_indicators", lambda: {**known, "projects_started": started})
    assert semantic.why_not(known["project_start_rate"]) == f"{started.label}不能表达"
