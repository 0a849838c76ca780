"""What Dagster is told of the night: stages, assets, checks, periods, schedule and sensor."""

from __future__ import annotations

import os
import subprocess
import sys

import dagster as dg
import pytest
from dagster import AssetKey

from expectations import catalogue
from orchestration.alerts.sensors import STEP_OF
from orchestration.audit.assets import check_name, structure_results
from orchestration.behind import FOLLOWERS
from orchestration.cards import load_cards
from orchestration.dagster_common import (
    BULLETIN,
    DOCUMENTATION,
    FILE_VERDICTS,
    PERIODS,
    PUBLISHED,
    RECEIPTS,
    RESTATEMENTS,
    SITE,
    STAGES,
    SUBMISSIONS,
    WAREHOUSE_VERDICTS,
    WARNINGS,
    fact_key,
    landed_key,
    range_tags,
)
from orchestration.dagster_home import instance, log_file, prepare, settings
from orchestration.dagster_storage import KeptSqliteEventLogStorage
from orchestration.definitions import build_definitions
from orchestration.home import Home
from orchestration.model.dbt import manifest
from orchestration.night import STEPS, Night
from orchestration.triggers.sensors import FOLLOWED

STAGE_OF = {
    SUBMISSIONS: "receive",
    landed_key("monitored_households"): "land",
    FILE_VERDICTS: "audit",
    AssetKey(["intermediate", "int_current_submissions"]): "model",
    AssetKey(["marts", "rpt_bulletin"]): "model",
    AssetKey(["audit", "audit_identities"]): "audit",
    WAREHOUSE_VERDICTS: "audit",
    PUBLISHED: "publish",
    BULLETIN: "report",
    WARNINGS: "report",
    RESTATEMENTS: "report",
    SITE: "report",
}
MODEL_SCHEMAS = ("staging", "intermediate", "marts", "audit", "seeds")
# What says by itself that it is behind the publication: it need not be written before a night is settled.
CATCHING_UP = {AssetKey(name) for name in FOLLOWERS}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("dagster"))


@pytest.fixture(scope="module")
def definitions(home: Home) -> dg.Definitions:
    return build_definitions(Night(home))


@pytest.fixture(scope="module")
def graph(definitions: dg.Definitions) -> dg.AssetGraph:
    return definitions.resolve_asset_graph()


def test_groups_are_the_stages(graph):
    assert {graph.get(key).group_name for key in graph.get_all_asset_keys()} == set(STAGES)


@pytest.mark.parametrize("key", STAGE_OF, ids=lambda key: key.to_user_string())
def test_an_asset_is_in_the_group_of_its_stage(graph, key: AssetKey):
    assert graph.get(key).group_name == STAGE_OF[key]


def test_every_asset_is_made_here(graph):
    assert graph.get_all_asset_keys() == graph.materializable_asset_keys


def test_every_asset_has_an_owner_a_kind_and_a_description(graph):
    nodes = [graph.get(key) for key in graph.get_all_asset_keys()]
    assert [node.key for node in nodes if not (node.owners and node.kinds and node.description)] == []


@pytest.mark.parametrize("dataset", load_cards())
def test_a_card_has_a_landed_asset_and_a_fact_that_follows_from_it(graph, dataset: str):
    landed, fact = landed_key(dataset), fact_key(load_cards()[dataset])
    assert landed in _ancestors(graph, fact)


def _ancestors(graph, key: AssetKey) -> set[AssetKey]:
    found: set[AssetKey] = set()
    todo = [key]
    while todo:
        for parent in graph.get(todo.pop()).parent_keys:
            if parent not in found:
                found.add(parent)
                todo.append(parent)
    return found


def test_data_moves_from_the_inbox_to_the_bulletin(graph):
    assert graph.get_all_asset_keys() - _ancestors(graph, BULLETIN) - {BULLETIN} <= {
        *(key for key in graph.get_all_asset_keys() if key.path[0] in ("staging", "intermediate", "lake")),
        *CATCHING_UP,
    }
    assert SUBMISSIONS in _ancestors(graph, BULLETIN)


def test_the_bulletin_is_the_last_of_a_night_and_settles_it(graph):
    # A night killed after publishing, before all it had to write is written, is not settled: the next one does it again.
    assert {PUBLISHED, RECEIPTS, WARNINGS, RESTATEMENTS} <= _ancestors(graph, BULLETIN)
    later = {key for key in graph.get_all_asset_keys() if BULLETIN in graph.get(key).parent_keys}
    assert later <= CATCHING_UP


def test_what_is_current_follows_from_the_verdicts_on_files(graph):
    assert FILE_VERDICTS in _ancestors(graph, AssetKey(["intermediate", "int_current_submissions"]))


def test_the_landed_columns_are_those_of_the_card(graph):
    card = load_cards()["microcredit"]
    schema = graph.get(landed_key("microcredit")).metadata["dagster/column_schema"]
    assert [column.name for column in schema.columns] == [
        "submission_id",
        "unit_code",
        *[column.name for column in card.landed_columns],
        "source_sheet",
        "source_row",
    ]
    said = {column.name: column.description for column in schema.columns}["amount"]
    assert said == f"{card.column('amount').description}\n\n← 扶贫小额信贷!贷款金额(元)"


def test_every_rule_is_a_check_on_the_fact_of_its_dataset(graph):
    cards = load_cards()
    wanted = {
        dg.AssetCheckKey(fact_key(cards[rule.dataset]), check_name(rule.code))
        for rule in catalogue().values()
    }
    assert len(wanted) == len(catalogue())
    assert wanted <= graph.asset_check_keys


def test_a_sheet_without_findings_passes_its_structure_check():
    results = structure_results([])
    assert [result.asset_key for result in results] == [landed_key(name) for name in load_cards()]
    assert all(result.passed for result in results)


def test_what_belongs_to_a_period_is_partitioned_by_it(graph):
    partitioned = {key for key in graph.get_all_asset_keys() if graph.get(key).partitions_def == PERIODS}
    assert partitioned == {
        FILE_VERDICTS,
        BULLETIN,
        WARNINGS,
        *[key for key in graph.get_all_asset_keys() if key.path[0] == "lake"],
    }


def test_the_schedule_starts_the_receiving_at_two_in_shanghai(definitions):
    schedule = definitions.resolve_schedule_def("nightly_schedule")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 2 * * *", "Asia/Shanghai")
    [request] = schedule.evaluate_tick(dg.build_schedule_context()).run_requests
    assert request.asset_selection == [SUBMISSIONS]
    assert request.tags.items() >= FOLLOWED.items()


def test_the_nightly_job_holds_every_asset(definitions, graph):
    job = definitions.resolve_job_def("nightly")
    assert job.asset_layer.executable_asset_keys == graph.get_all_asset_keys()


def test_a_range_runs_from_the_first_pending_month_to_the_last():
    assert range_tags(("2021-06", "2021-W34", "2021-08")) == {
        "dagster/asset_partition_range_start": "2021-06",
        "dagster/asset_partition_range_end": "2021-08",
    }


def test_telemetry_is_off(home: Home):
    assert settings(home)["telemetry"] == {"enabled": False}


def test_one_writer_at_a_time(home: Home):
    assert settings(home)["concurrency"]["pools"]["default_limit"] == 1


def test_settings_are_written_once(tmp_path):
    folder = prepare(Home(tmp_path))
    written = (folder / "dagster.yaml").stat().st_mtime_ns
    prepare(Home(tmp_path))
    assert (folder / "dagster.yaml").stat().st_mtime_ns == written


def test_a_run_is_kept_in_the_home_and_its_lines_go_to_the_log_file(tmp_path, capfd):
    own = Home(tmp_path)

    @dg.asset
    def one(context) -> None:
        context.log.info("something to say")

    job = dg.Definitions(assets=[one], jobs=[dg.define_asset_job("job")]).resolve_job_def("job")
    with instance(own) as opened:
        assert isinstance(opened.event_log_storage, KeptSqliteEventLogStorage)
        silent = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        run = job.execute_in_process(instance=opened, run_config=silent)
    with instance(own) as again:
        assert [kept.run_id for kept in again.get_runs()] == [run.run_id]
        assert again.get_latest_materialization_event(AssetKey("one")) is not None
    assert "something to say" in log_file(own).read_text(encoding="utf-8")
    assert "something to say" not in "".join(capfd.readouterr())


def test_the_manifest_is_parsed_only_when_the_project_is_newer(home: Home, definitions):
    first = manifest(home).stat().st_mtime_ns
    assert manifest(home).stat().st_mtime_ns == first


def test_alerts_name_every_step_as_the_screen_does(definitions):
    assert {node.name for node in definitions.resolve_job_def("nightly").nodes} <= set(STEP_OF)
    assert set(STEP_OF.values()) == set(STEPS)


# Deps of every asset but the landed tables and the models, which follow from cards and dbt.
DEPS = {
    SUBMISSIONS: set(),
    RECEIPTS: {SUBMISSIONS, FILE_VERDICTS, WAREHOUSE_VERDICTS},
    RESTATEMENTS: {PUBLISHED, RECEIPTS},
    WARNINGS: {PUBLISHED, RECEIPTS},
    BULLETIN: {PUBLISHED, WARNINGS, RESTATEMENTS},
    SITE: {PUBLISHED, BULLETIN, RESTATEMENTS},
    DOCUMENTATION: {PUBLISHED},
}


@pytest.mark.parametrize("key", DEPS, ids=lambda key: key.to_user_string())
def test_an_asset_stands_on_these(graph, key: AssetKey):
    assert graph.get(key).parent_keys == DEPS[key]


def test_what_writes_where_others_read_has_the_writers_pool(graph):
    pooled = {key for key in graph.get_all_asset_keys() if "warehouse" in graph.get(key).pools}
    models = {key for key in graph.get_all_asset_keys() if key.path[0] in MODEL_SCHEMAS}
    landed = {key for key in graph.get_all_asset_keys() if key.path[0] == "lake"}
    assert pooled == {FILE_VERDICTS, WAREHOUSE_VERDICTS, RECEIPTS, PUBLISHED, *models, *landed}


def test_every_partitioned_asset_is_backfilled_in_a_single_run(graph):
    partitioned = [key for key in graph.get_all_asset_keys() if graph.get(key).is_partitioned]
    assert {graph.get(key).backfill_policy for key in partitioned} == {dg.BackfillPolicy.single_run()}


def test_models_are_one_step_that_is_not_asked_for_in_part(graph):
    one = graph.get(AssetKey(["marts", "rpt_bulletin"])).execution_set_asset_keys
    assert one == {key for key in graph.get_all_asset_keys() if key.path[0] in MODEL_SCHEMAS}


def test_what_readers_open_and_the_bulletin_have_a_day(graph):
    dated = {key for key in graph.get_all_asset_keys() if graph.get(key).freshness_policy}
    assert dated == {PUBLISHED, BULLETIN}


def test_loading_the_definitions_loads_neither_dbt_nor_what_judges_and_writes(home: Home, definitions):
    code = (
        "import sys; from orchestration.definitions import build_definitions; from orchestration.home import Home\n"
        "from orchestration.night import Night; build_definitions(Night(Home.current()))\n"
        "heavy = ('dbt', 'great_expectations', 'duckdb_sqlalchemy', 'pandas', 'openpyxl', 'metricflow')\n"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    environment = {**os.environ, "ZHENXING_HOME": str(home.root)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.strip().splitlines()[-1] == "[]"
