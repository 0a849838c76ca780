"""The whole dbt project on a small made-up lake: what it builds, what it says when it cannot, what it leaves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import duckdb
import model_support as support
import pytest

from orchestration.cards import load_cards
from orchestration.home import Home
from orchestration.indicators import load_indicators
from orchestration.model import dbt
from orchestration.periods import parse_period, previous
from orchestration.units import ReportingUnits

QUERY = (
    "import duckdb, sys; print(duckdb.connect(sys.argv[1]).sql('select count(*) from marts.fct_projects'))"
)

# One fact and what it is traced to: the least that shows what a change in the lake does.
PROJECTS = (
    *("build", "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious"),
    *("--select", "+fct_projects", "+dim_reporting_unit", "+dim_period", "+dim_submission"),
)

STATUS = (
    *("build", "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious"),
    *("--select", "+rpt_submission_status"),
)


@pytest.fixture(scope="module")
def steps() -> list[tuple]:
    return []


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, steps: list[tuple]) -> Home:
    home = Home(tmp_path_factory.mktemp("model"))
    support.write_lake(home)
    dbt.build(home, progress=lambda *step: steps.append(step))
    return home


@pytest.fixture
def other(built: Home, home: Home) -> Home:
    """A second made-up home, which spares dbt what it has parsed for the first."""
    support.write_lake(home)
    dbt.target(home).mkdir(parents=True)
    shutil.copy(dbt.target(built) / "partial_parse.msgpack", dbt.target(home))
    return home


@pytest.fixture
def warehouse(built: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(built.build), read_only=True) as connection:
        yield connection


def test_every_node_of_the_build_is_reported_as_progress(built, steps):
    assert {what for what, _, _ in steps} == {"model"}
    assert sorted(done for _, done, _ in steps) == list(range(1, steps[0][2] + 1))


def test_the_unit_tests_of_the_project_pass(built):
    results = dbt.run(built, "test", "--select", "test_type:unit")
    assert len(results) >= 15


def test_another_process_can_open_the_file_after_the_build(built):
    found = subprocess.run([sys.executable, "-c", QUERY, str(built.build)], capture_output=True, check=False)
    assert found.returncode == 0, found.stderr


def test_every_dataset_reaches_its_fact_with_each_row_traced(warehouse):
    sent = dict.fromkeys(load_cards(), 0)
    for card in load_cards().values():
        lineage = {
            "fund_spending": "spending_submission_id, spending_row",
            "product_submissions": "listed_submission_id, listed_row",
        }.get(card.dataset, "submission_id, source_row")
        query = f"select count(distinct ({lineage})) from marts.{card.fact} where source_sheet is not null"
        sent[card.dataset] = warehouse.sql(query).fetchone()[0]
    units = {"county": len(support.COUNTIES), "province": 1, "all": len(support.COUNTIES) + 1}
    least = {card.dataset: units[card.submitted_by] * support.ROWS for card in load_cards().values()}
    assert all(sent[dataset] >= least[dataset] for dataset in sent), (sent, least)


def test_all_figures_of_the_bulletin_come_out_for_the_province(warehouse):
    query = "select figure_key from marts.rpt_bulletin where unit_code = '610000' and reporting_period = '2021-08'"
    found = {key for (key,) in warehouse.sql(query).fetchall()}
    assert found == {key for key, indicator in load_indicators().items() if indicator.in_bulletin}


def test_every_mart_column_is_commented_in_chinese_and_english(warehouse):
    columns = warehouse.sql(
        "select table_name || '.' || column_name, comment from duckdb_columns() where schema_name = 'marts'"
    ).fetchall()
    assert len(columns) > 200
    assert [name for name, comment in columns if " | " not in (comment or "")] == []


def test_the_calendar_in_the_warehouse_is_the_calendar_of_the_code(warehouse):
    rows = warehouse.sql(
        "select reporting_period, cadence, start_on, end_on, previous_period, year_before_period from marts.dim_period"
    ).fetchall()
    keys = {row[0] for row in rows}
    assert len(rows) == 16 * (12 + 4 + 2 + 1) + 835  # 835 ISO weeks in 2020–2035
    for key, cadence, start, end, before, year_before in rows:
        period = parse_period(key)
        assert (period.cadence, period.start, period.end) == (cadence, start, end)
        assert before == (previous(period).key if previous(period).key in keys else None)
        same = f"{int(key[:4]) - 1}{key[4:]}"
        assert year_before == (same if same in keys else None)


def test_a_month_is_due_five_days_after_its_end(warehouse):
    query = "select due_on::text, close_on::text from marts.dim_period where reporting_period = '2021-08'"
    assert warehouse.sql(query).fetchall() == [("2021-09-05", "2021-09-25")]


def test_the_units_in_the_warehouse_are_the_units_of_the_code(warehouse, built):
    units = ReportingUnits(built.units_csv)
    known = {(unit.code, unit.name, unit.kind) for unit in (units.province, *units.cities, *units.counties)}
    query = "select unit_code, unit_name, kind from marts.dim_reporting_unit"
    assert set(warehouse.sql(query).fetchall()) == known
    codes = dict(warehouse.sql("select code, unit_code from intermediate.int_unit_codes").fetchall())
    assert codes == units.code_map()


def test_the_dictionary_in_the_warehouse_is_the_dictionary_of_the_code(warehouse):
    query = (
        "select figure_key, label_zh, kind, unit, scale, decimals, style, in_bulletin, owner, aliases, context, measures,"
        " target_key, measure, condition, formula_zh, definition_zh, valid_from, valid_until"
        " from marts.dim_indicator order by position"
    )
    assert warehouse.sql(query).fetchall() == [
        (
            *(i.key, i.label, i.kind, i.unit, i.scale, i.decimals, i.style, i.in_bulletin, i.owner),
            *("、".join(words) for words in (i.aliases, i.context, i.measures)),
            *(i.target, i.measure, i.where, i.formula, i.definition, i.valid_from, i.valid_until),
        )
        for i in load_indicators().values()
    ]
    cards = load_cards()
    facts = {
        key: fact.split("、")
        for key, fact in warehouse.sql("select figure_key, fact from marts.dim_indicator").fetchall()
    }
    for key, indicator in load_indicators().items():
        parts = [load_indicators()[part] for part in indicator.of] if indicator.of else [indicator]
        assert facts[key] == list(dict.fromkeys(cards[part.dataset].fact for part in parts))


def test_every_definition_is_in_the_warehouse_with_its_months(warehouse):
    query = "select figure_key, version, valid_from, valid_until, measure, condition, formula_zh from marts.dim_indicator_versions"
    assert set(warehouse.sql(query).fetchall()) == {
        (key, number, v.valid_from, v.valid_until, v.measure, v.where, v.formula)
        for key, indicator in load_indicators().items()
        for number, v in enumerate(indicator.versions, start=1)
    }


def test_schemas_are_named_as_readers_name_them(warehouse):
    found = warehouse.sql(
        "select distinct schema_name from duckdb_tables() union select distinct schema_name from duckdb_views() where not internal"
    )
    assert {name for (name,) in found.fetchall()} == {"staging", "intermediate", "marts", "audit"}


@pytest.mark.parametrize(
    ("known_until", "units"),
    [
        (datetime(2021, 9, 2, 23, tzinfo=UTC), []),
        (datetime(2021, 9, 9, tzinfo=UTC) - timedelta(microseconds=1), ["610102", "610824"]),
        (datetime(2021, 9, 9, tzinfo=UTC), ["610824"]),
        (None, ["610824"]),
    ],
    ids=["before it came", "before it was returned", "when it was returned", "now"],
)
def test_a_dataset_returned_later_is_in_the_fact_as_of_the_time_before(other, known_until, units):
    later = datetime(2021, 9, 9, tzinfo=UTC)
    support.write_decisions(other, [support.decision("projects", "610102", "returned", later)], "later")
    dbt.run(other, *PROJECTS, moment=known_until and dbt.Moment(known_until, 0))
    with duckdb.connect(str(other.build), read_only=True) as connection:
        found = connection.sql("select distinct unit_code from marts.fct_projects order by 1").fetchall()
    assert [unit for (unit,) in found] == units


def test_the_homes_own_rulings_exempt_a_unit_and_reopen_a_period(other):
    (other.root / "exemptions.csv").write_text(
        "unit_code,dataset,from_period,to_period,reason\n610103,*,2021-08,,受灾\n610104,projects,2021-01,2021-07,已免\n",
        encoding="utf-8",
    )
    (other.root / "reopenings.csv").write_text(
        "unit_code,dataset,reporting_period,opens_on,due_on,close_on,reason\n"
        "610104,projects,2021-08,2021-10-01,2021-10-10,2021-10-20,补报\n",
        encoding="utf-8",
    )
    moment = dbt.Moment(datetime(2021, 10, 5, tzinfo=UTC), 0)
    dbt.run(other, *STATUS, moment=moment)
    with duckdb.connect(str(other.build), read_only=True) as connection:
        found = connection.sql(
            "select unit_code, status_zh, due_on::text from marts.rpt_submission_status where dataset = 'projects' "
            "and reporting_period = '2021-08' and unit_code in ('610102', '610103', '610104', '610111') order by 1"
        ).fetchall()
    assert found == [
        ("610102", "接收", "2021-09-05"),
        ("610103", "免报", "2021-09-05"),
        ("610104", "未到期", "2021-10-10"),
        ("610111", "逾期未报", "2021-09-05"),
    ]


def test_a_key_that_occurs_twice_fails_the_build_and_names_the_test(other):
    card = load_cards()["projects"]
    support.write_rows(other, card, support.rows(card, "610102")[:1], batch="again")
    with pytest.raises(dbt.ModelFailed) as failed:
        dbt.run(other, *PROJECTS)
    assert [reason.split(":")[0] for reason in failed.value.reasons] == [
        "unique_combination_fct_projects_reporting_period__unit_code__project_no"
    ]


def test_a_lake_without_its_tables_is_told_as_a_reason(other):
    shutil.rmtree(other.lake / "projects")
    with pytest.raises(dbt.ModelFailed, match="No files found"):
        dbt.run(other, *PROJECTS)


def test_the_manifest_is_parsed_again_only_when_the_project_has_changed(home, monkeypatch):
    parsed = []

    def parse(home: Home, *command: str) -> list:
        parsed.append(command)
        path = dbt.target(home) / "manifest.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}", encoding="utf-8")
        return []

    monkeypatch.setattr(dbt, "run", parse)
    path = dbt.manifest(home)
    assert dbt.manifest(home) == path
    assert len(parsed) == 1
    monkeypatch.setattr(dbt, "project_digest", lambda: "another project, whatever its files' dates")
    dbt.manifest(home)
    dbt.manifest(home)
    assert len(parsed) == 2


def test_what_was_parsed_of_an_older_project_is_dropped(home: Home) -> None:
    parsed = dbt.target(home) / "partial_parse.msgpack"
    parsed.parent.mkdir(parents=True)
    parsed.write_bytes(b"of an older project")
    os.utime(parsed, (0, 0))
    dbt.run(home, "parse")
    assert parsed.read_bytes() != b"of an older project"
