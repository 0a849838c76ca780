"""What Dagster is told of each asset, check and column: owners, severity, where a column comes from, rows by period."""

from __future__ import annotations

import dagster as dg
import pytest
from dagster import AssetKey

from expectations import catalogue
from orchestration.audit.assets import (
    PERIODS_SHOWN,
    STRUCTURE,
    check_name,
    rule_checks,
    rule_results,
    structure_results,
)
from orchestration.audit.outcomes import Outcome, add_up
from orchestration.cards import load_cards
from orchestration.dagster_common import (
    ENGINEERS,
    STATISTICIANS,
    SUBMISSIONS,
    dataset_tag,
    fact_key,
    landed_key,
)
from orchestration.dagster_home import instance
from orchestration.definitions import build_definitions
from orchestration.home import Home
from orchestration.land.assets import cell_of
from orchestration.model.lineage import compiled_lineage, read_lineage
from orchestration.night import Night

CARDS = load_cards()
LINEAGE, SCHEMA = "dagster/column_lineage", "dagster/column_schema"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory):
    return build_definitions(Night(Home(tmp_path_factory.mktemp("metadata")))).resolve_asset_graph()


@pytest.fixture(scope="module")
def nodes(graph) -> list:
    return [graph.get(key) for key in graph.get_all_asset_keys()]


def test_every_asset_says_whose_it_is_and_what(nodes):
    known = {*ENGINEERS, *STATISTICIANS}
    assert [node.key for node in nodes if not node.owners or not set(node.owners) <= known] == []
    assert [node.key for node in nodes if not (node.group_name and node.kinds and node.description)] == []


def test_a_dataset_is_found_by_its_tag_from_the_lake_to_its_fact(graph):
    for dataset, card in CARDS.items():
        found = {key for key in graph.get_all_asset_keys() if dataset_tag(dataset) in graph.get(key).tags}
        assert {landed_key(dataset), AssetKey(["staging", f"stg_{dataset}"]), fact_key(card)} <= found


@pytest.mark.parametrize("rule", catalogue().values(), ids=lambda rule: rule.code)
def test_a_rule_is_a_check_that_says_its_severity_its_remedy_and_whose_it_is(rule):
    specs = {spec.key: spec for spec in rule_checks.check_specs}
    spec = specs[dg.AssetCheckKey(fact_key(CARDS[rule.dataset]), check_name(rule.code))]
    said = {name: spec.metadata[name] for name in ("severity", "scope", "version", "remedy", "owner")}
    assert said == {
        "severity": rule.severity,
        "scope": rule.scope,
        "version": rule.version,
        "remedy": rule.remedy_zh,
        "owner": STATISTICIANS[0],
    }
    assert rule.title_zh in spec.description


def _verdict(rule, period: str, unit: str, outcome: str, failed: int = 0) -> dict:
    return {
        "verdict_id": f"{rule.code}{period}{unit}",
        "rule_code": rule.code,
        "dataset": rule.dataset,
        "severity": rule.severity,
        "scope": rule.scope,
        "outcome": outcome,
        "checked": 10,
        "failed": failed,
        "unit_code": unit,
        "reporting_period": period,
    }


@pytest.mark.parametrize("severity", ["error", "warning"])
def test_a_rules_result_is_of_its_severity_and_says_which_periods_did_not_pass(severity: str):
    rule = next(rule for rule in catalogue().values() if rule.severity == severity and rule.scope == "file")
    [result] = rule_results(
        add_up(
            [
                _verdict(rule, "2021-07", "610122", "passed"),
                _verdict(rule, "2021-08", "610122", "passed"),
                _verdict(rule, "2021-08", "611024", "failed", 3),
                _verdict(rule, "2021-W35", "610922", "could_not_run"),
            ]
        )
    )
    wanted = {"error": dg.AssetCheckSeverity.ERROR, "warning": dg.AssetCheckSeverity.WARN}[severity]
    assert (result.passed, result.severity) == (False, wanted)
    assert result.metadata["periods_judged"].value == 3
    rows = [record.data for record in result.metadata["periods_not_passed"].records]
    assert [(row["period"], row["outcome"], row["rows_failed"], row["units_failing"]) for row in rows] == [
        ("2021-W35", "could_not_run", 0, ""),
        ("2021-08", "failed", 3, "611024"),
    ]


def test_a_rule_that_passed_everywhere_says_so_in_few_words():
    rule = next(rule for rule in catalogue().values() if rule.scope == "file")
    [result] = rule_results(add_up([_verdict(rule, "2021-08", "610122", "passed")]))
    assert result.passed
    assert not {"periods_not_passed", "examples"} & result.metadata.keys()


def test_a_check_shows_the_last_periods_that_did_not_pass():
    rule = next(rule for rule in catalogue().values() if rule.scope == "file")
    periods = [f"{year}-{month:02}" for year in (2021, 2022, 2023) for month in range(1, 13)]
    [result] = rule_results(add_up(_verdict(rule, period, "610122", "failed", 1) for period in periods))
    shown = [record.data["period"] for record in result.metadata["periods_not_passed"].records]
    assert shown == sorted(periods, reverse=True)[:PERIODS_SHOWN]


@pytest.mark.parametrize(
    ("found", "passed", "severity"),
    [
        ((), True, "ERROR"),
        (("notice",), True, "ERROR"),
        (("warning", "notice"), False, "WARN"),
        (("error", "warning"), False, "ERROR"),
    ],
)
def test_a_sheets_structure_fails_as_its_gravest_finding(found, passed: bool, severity: str):
    outcomes = [
        Outcome(f"S-{each}", "projects", each, "structure", failed=1, rows_failed=2) for each in found
    ]
    result = next(each for each in structure_results(outcomes) if each.asset_key == landed_key("projects"))
    assert (result.check_name, result.passed) == (STRUCTURE, passed)
    assert result.severity == dg.AssetCheckSeverity[severity]
    assert result.metadata["rows_failed"].value == 2 * len(found)


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.dataset)
def test_every_landed_column_says_from_which_column_of_which_sheet_it_is_read(graph, card):
    metadata = graph.get(landed_key(card.dataset)).metadata
    taken = metadata[LINEAGE].deps_by_column
    assert taken.keys() == {column.name for column in metadata[SCHEMA].columns}
    assert all(dep.asset_key == SUBMISSIONS for deps in taken.values() for dep in deps)
    for column in card.landed_columns:
        assert [dep.column_name for dep in taken[column.name]] == [cell_of(card, column)]
        assert cell_of(card, column).startswith(f"{card.sheet}!")


def test_a_derived_column_is_read_where_the_one_it_is_derived_from_stands():
    card = CARDS["microcredit"]
    year, number = card.column("borrower_birth_year"), card.column("borrower_id_no")
    assert year.header is None
    assert cell_of(card, year) == cell_of(card, number) == "扶贫小额信贷!" + number.header_text


def test_every_models_column_leads_to_a_column_of_an_asset(graph):
    columns = {
        node.key: {column.name for column in node.metadata[SCHEMA].columns}
        for node in (graph.get(key) for key in graph.get_all_asset_keys())
        if SCHEMA in node.metadata
    }
    for key, known in columns.items():
        if (
            key.path[0] not in ("staging", "intermediate", "marts", "audit")
            or LINEAGE not in graph.get(key).metadata
        ):
            continue
        taken = graph.get(key).metadata[LINEAGE].deps_by_column
        assert taken.keys() == known
        for dep in (dep for deps in taken.values() for dep in deps):
            assert dep.asset_key in graph.get_all_asset_keys(), (key, dep)


def test_a_figure_leads_back_to_the_cell_it_was_typed_into(graph):
    """Published rows ← fact ← staging ← lake ← the sheet's header."""
    place = (AssetKey(["marts", "fct_loans"]), "amount")
    way = [place]
    while LINEAGE in graph.get(place[0]).metadata:
        [dep] = graph.get(place[0]).metadata[LINEAGE].deps_by_column[place[1]]
        place = (dep.asset_key, dep.column_name)
        way.append(place)
    assert way == [
        (AssetKey(["marts", "fct_loans"]), "amount"),
        (AssetKey(["staging", "stg_microcredit"]), "amount"),
        (landed_key("microcredit"), "amount"),
        (SUBMISSIONS, "扶贫小额信贷!贷款金额(元)"),
    ]


def test_the_lineage_kept_is_that_of_the_sql_which_dbt_compiles(published_small_province: Home):
    kept, compiled = read_lineage(), compiled_lineage(published_small_province)
    differing = sorted(name for name in kept | compiled if kept.get(name) != compiled.get(name))
    assert differing == [], "make docs writes dbt_project/column_lineage.json anew"


def test_what_a_run_intends_to_do_is_stored_as_a_batch_and_read_back_whole(tmp_path):
    @dg.multi_asset(specs=[dg.AssetSpec(f"asset_{number}") for number in range(60)])
    def many():
        for number in range(60):
            yield dg.MaterializeResult(asset_key=f"asset_{number}", metadata={"number": number})

    job = dg.Definitions(assets=[many], jobs=[dg.define_asset_job("job")]).resolve_job_def("job")
    with instance(Home(tmp_path)) as opened:
        quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        run = job.execute_in_process(instance=opened, run_config=quiet)
        planned = opened.all_logs(run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED)
        latest = opened.get_latest_materialization_event(AssetKey("asset_59"))
    assert len(planned) == 60
    assert latest.asset_materialization.metadata["number"].value == 59
