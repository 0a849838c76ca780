"""The documentation as files: what it counts and lists, when it is written, and what never stands in it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import openpyxl
import pytest
from documentation_support import (
    COUNTY,
    CRASHED,
    FAILED,
    ODD_TITLE,
    PERIOD,
    SUPERSEDED,
    WAIVED,
    copied,
    period_rows,
    with_faults,
)
from pipeline_support import Register, night, workbook_of

from expectations import catalogue
from orchestration.audit.outcomes import rule_outcomes
from orchestration.behind import behind
from orchestration.cards import load_cards
from orchestration.home import PROJECT_ROOT, Home
from orchestration.report.documentation import write
from orchestration.report.documentation.checks import index_page
from orchestration.report.documentation.compiled import without_folders
from orchestration.report.documentation.due import (
    checks_index,
    documentation_due,
    stamp_file,
)
from orchestration.report.documentation.verdicts import Checked, RuleWords, Standing
from orchestration.report.documentation.write import write_documentation


@pytest.fixture(scope="module")
def faulty(published_small_province: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = with_faults(published_small_province, tmp_path_factory.mktemp("documentation") / "home")
    stamp_file(home).unlink()
    write_documentation(home)
    return home


@pytest.fixture
def own(published_small_province: Home, tmp_path: Path) -> Home:
    return copied(published_small_province, tmp_path / "home")


def _pages(home: Home) -> dict[str, str]:
    folder = home.docs
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*.html")
    }


def _written(home: Home) -> set[str]:
    return {str(path.relative_to(home.docs)) for path in write_documentation(home).written}


def test_a_night_leaves_the_documentation_of_what_it_published(published_small_province: Home):
    home = published_small_province
    assert set(_pages(home)) == {
        "dbt/index.html",
        "checks/index.html",
        "checks/rules.html",
        f"checks/{PERIOD}.html",
    }
    assert not documentation_due(home)
    assert "documentation" not in behind(home)


def test_every_rule_in_force_is_listed_with_its_words_and_its_question(published_small_province: Home):
    page = _pages(published_small_province)["checks/rules.html"]
    plain = " ".join(page.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").split())
    assert re.findall(r'<b id="([^"]+)">', page) == sorted(
        catalogue(), key=lambda code: re.findall(r'<b id="([^"]+)">', page).index(code)
    )
    for rule in catalogue().values():
        assert rule.title_zh in plain
        assert rule.remedy_zh in plain
        assert rule.source in plain
    assert plain.count('<code class="language-sql">') == len(catalogue())


def test_the_counts_are_those_of_the_audit(published_small_province: Home):
    judged = {o.rule_code: o for o in rule_outcomes(published_small_province) if o.rule_code in catalogue()}
    rows = period_rows(published_small_province)
    assert set(rows) == set(judged) == set(catalogue())
    for code, (_, _, failed, _, subjects, failing, checked) in rows.items():
        found = judged[code]
        assert int(subjects.replace(",", "")) == found.passed + found.failed + found.could_not_run
        assert int(checked.replace(",", "")) == found.rows_checked
        assert (failed, failing) == (str(found.rows_failed), str(found.failed))


def test_what_failed_is_counted_as_the_published_verdicts_have_it(faulty: Home):
    rows = period_rows(faulty)
    assert rows[FAILED][0] == "fas fa-times text-danger"
    assert rows[FAILED][2] == "7"
    assert rows[WAIVED][5] == "1(豁免1)"
    assert rows[CRASHED][0] == "fas fa-exclamation-triangle text-warning"
    assert rows[CRASHED][2] == "未能运行"
    with duckdb.connect(str(faulty.warehouse), read_only=True) as connection:
        [(failed,)] = connection.execute(
            "select sum(failed) from quality.verdicts where submission_id is distinct from 'older'"
        ).fetchall()
    assert sum(int(row[2]) for code, row in rows.items() if code != CRASHED) == failed == 9


def test_a_rule_that_failed_says_what_to_do(faulty: Home):
    assert catalogue()[WAIVED].remedy_zh in period_rows(faulty)[WAIVED][1]
    assert catalogue()[SUPERSEDED].remedy_zh not in period_rows(faulty)[SUPERSEDED][1]


def test_a_version_since_replaced_does_not_count(faulty: Home):
    assert period_rows(faulty)[SUPERSEDED][0] == "fas fa-check-circle text-success"
    assert period_rows(faulty)[SUPERSEDED][2] == "0"


def test_the_way_in_counts_rules_by_outcome(faulty: Home):
    page = _pages(faulty)["checks/index.html"]
    row = re.search(rf'href="{PERIOD}\.html">{PERIOD}</a></td>(.*?)</tr>', page, re.DOTALL)
    counts = [int(number.replace(",", "")) for number in re.findall(r">([\d,]+)</td>", row[1])]
    severities = [catalogue()[code].severity for code in (FAILED, WAIVED)]
    assert counts[:5] == [
        len(catalogue()),
        len(catalogue()) - 3,
        severities.count("error"),
        severities.count("warning"),
        1,
    ]
    assert counts[-1] == 9


def test_the_way_in_shows_the_newest_month_though_a_week_ends_later():
    rule = RuleWords("R-MON-2", 1, "monitored_households", "error", "file", "题", "改", "出处", "skip_any")
    judged = {
        period: {rule.code: Standing(rule.code, period, 3, 0, 0, 0, 40, 0)}
        for period in ("2021-08", "2021-W35")
    }
    page = index_page(Checked(4, "2021-09-10 02:10", {rule.code: rule}, judged))
    assert "2021-08 按报表" in page
    assert page.index("2021-W35.html") < page.index('2021-08.html">')


def test_words_of_a_rule_are_text_whatever_they_hold(faulty: Home):
    assert ODD_TITLE in period_rows(faulty)[FAILED][1]
    assert not [name for name, page in _pages(faulty).items() if "<b>不是标签" in page]


def test_every_published_table_is_documented_with_its_rows_and_columns(published_small_province: Home):
    manifest, catalogued = _inlined(_pages(published_small_province)["dbt/index.html"])
    nodes = {**manifest["nodes"], **manifest["sources"]}
    entries = {**catalogued["nodes"], **catalogued["sources"]}
    with duckdb.connect(str(published_small_province.warehouse), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name, column_count from duckdb_tables() order by all"
        ).fetchall()
        found = [
            (
                schema,
                table,
                columns,
                connection.execute(f"select count(*) from {schema}.{table}").fetchone()[0],
            )
            for schema, table, columns in tables
        ]
    assert found == sorted(
        (
            entry["metadata"]["schema"],
            entry["metadata"]["name"],
            len(entry["columns"]),
            entry["stats"]["row_count"]["value"],
        )
        for entry in entries.values()
    )
    for key, entry in entries.items():
        assert re.search(r"[一-鿿]", nodes[key]["description"])
        assert nodes[key]["database"] == entry["metadata"]["database"] == "warehouse"
        assert set(entry["columns"]) <= set(nodes[key]["columns"])


def _inlined(page: str) -> tuple[dict, dict]:
    """The manifest and the catalogue that the page holds."""
    decoder = json.JSONDecoder()
    starts = (page.index('{"metadata":{"dbt_schema_version"'), page.index('{"metadata":{},"nodes"'))
    return tuple(decoder.raw_decode(page, start)[0] for start in starts)


def test_no_page_names_a_folder_of_the_machine(published_small_province: Home):
    home = published_small_province
    places = [str(home.root), str(PROJECT_ROOT), str(Path.home()) + os.sep, "site-packages", "root_path"]
    assert [(name, place) for name, page in _pages(home).items() for place in places if place in page] == []


def test_no_page_names_a_person(published_small_province: Home):
    workbook = openpyxl.load_workbook(workbook_of(published_small_province, COUNTY))
    people = set()
    for card in load_cards().values():
        if card.sheet in workbook.sheetnames:
            register = Register(workbook[card.sheet], card)
            for column in (column.name for column in card.sheet_columns if column.personal):
                people |= {register.text(row, column) for row in register.rows}
    people = {said for said in people if len(said) > (10 if said.isascii() else 1)}
    assert len(people) > 50
    assert [
        (name, said)
        for name, page in _pages(published_small_province).items()
        for said in people
        if said in page
    ] == []


def test_documentation_that_stands_is_left_alone(own: Home):
    before = _pages(own)
    assert _written(own) == set()
    assert _pages(own) == before


@pytest.mark.parametrize("missing", ["dbt/index.html", "checks/index.html", "made_of.json"])
def test_documentation_is_behind_when_a_way_in_is_missing(own: Home, missing: str):
    before = _pages(own)
    (own.docs / missing).unlink()
    assert documentation_due(own)
    write_documentation(own)
    assert not documentation_due(own)
    assert _pages(own) == before


def test_documentation_is_behind_another_publication_and_other_code(
    own: Home, monkeypatch: pytest.MonkeyPatch
):
    with duckdb.connect(str(own.warehouse)) as connection:
        connection.execute(
            "insert into quality.publications select * replace (number + 1 as number) from quality.publications"
        )
    assert documentation_due(own)
    # No verdict is another: the pages of the periods stay.
    assert _written(own) == {"dbt/index.html", "checks/index.html"}
    assert not documentation_due(own)
    for module in ("due", "write"):
        monkeypatch.setattr(f"orchestration.report.documentation.{module}.made_by", lambda: "other code")
    assert documentation_due(own)
    assert f"checks/{PERIOD}.html" in _written(own)


def test_nothing_published_needs_no_documentation(tmp_path: Path):
    assert not documentation_due(Home(tmp_path))
    with pytest.raises(FileNotFoundError):
        write_documentation(Home(tmp_path))


def test_a_writer_killed_leaves_the_old_ways_in_and_is_done_again(own: Home, monkeypatch: pytest.MonkeyPatch):
    before = _pages(own)
    with duckdb.connect(str(own.warehouse)) as connection:
        connection.execute(
            "insert into quality.publications select * replace (number + 1 as number) from quality.publications"
        )
    with monkeypatch.context() as killed:
        killed.setattr(write, "rules_page", _killed)
        with pytest.raises(KeyboardInterrupt):
            write_documentation(own)
    assert _pages(own)["checks/index.html"] == before["checks/index.html"]
    assert list(own.docs.rglob("*.tmp")) == []
    assert documentation_due(own)
    half = own.docs / "dbt" / f".index.html.{2**22 + 1}.0badcafe.tmp"  # of a process that no system has
    half.write_bytes(b"<html>")
    write_documentation(own)
    assert _pages(own)["checks/index.html"] != before["checks/index.html"]
    assert not half.exists()
    assert not documentation_due(own)


def _killed(*_: object) -> str:
    raise KeyboardInterrupt


def test_a_page_written_by_a_killed_writer_is_not_taken_for_that_of_another_publication(
    own: Home, monkeypatch: pytest.MonkeyPatch
):
    before = _pages(own)
    shutil.copy(own.warehouse, own.root / "kept.duckdb")
    with duckdb.connect(str(own.warehouse)) as connection:
        connection.execute(
            "update quality.verdicts set failed = 5, outcome = 'failed' where rule_code = ?", [FAILED]
        )
    stamp_file(own).unlink()
    with monkeypatch.context() as killed:
        killed.setattr(write, "rules_page", _killed)
        with pytest.raises(KeyboardInterrupt):
            write_documentation(own)
    assert period_rows(own)[FAILED][0] == "fas fa-times text-danger"
    (own.root / "kept.duckdb").replace(own.warehouse)
    write_documentation(own)
    assert _pages(own) == before


def test_a_night_with_nothing_pending_writes_just_the_documentation_that_is_missing(
    published_small_province: Home, tmp_path: Path
):
    home = Home(tmp_path / "home")
    shutil.copytree(published_small_province.root, home.root)
    shutil.rmtree(home.docs)
    assert behind(home) == ("documentation",)
    run = night(home)
    assert run.periods == ()
    assert set(run.night.seconds) == {"receive", "documentation"}
    assert _pages(home) == _pages(published_small_province)


def test_a_period_that_is_not_published_any_more_has_no_page(own: Home):
    stray = checks_index(own).parent / "2020-01.html"
    stray.write_text("x", encoding="utf-8")
    stamp_file(own).unlink()
    write_documentation(own)
    assert not stray.exists()


def test_the_question_whether_it_is_behind_loads_nothing_heavy():
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, orchestration.report.documentation.due; "
            "print([m for m in ('dbt', 'dagster', 'great_expectations', 'pandas', 'jinja2') if m in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (
            "from read_parquet('/home/a b/var/lake/x/*/*.parquet', y)",
            "from read_parquet('$ZHENXING_HOME/var/lake/x/*/*.parquet', y)",
        ),
        ("read_csv('/srv/zhenxing/units/reporting_units.csv')", "read_csv('reporting_units.csv')"),
        ("'/var/tmp/home/var/published/ledger/*.parquet'", "'$ZHENXING_HOME/var/published/ledger/*.parquet'"),
        ("split_part(a, '/', 2) || '/b'", "split_part(a, '/', 2) || '/b'"),
    ],
)
def test_compiled_sql_names_files_from_the_home_on(sql: str, said: str):
    assert without_folders(sql) == said


def test_a_fact_shows_the_sql_that_made_it(published_small_province: Home):
    manifest, _ = _inlined(_pages(published_small_province)["dbt/index.html"])
    assert "stg_microcredit" in manifest["nodes"]["model.zhenxing.fct_loans"]["compiled_code"]
    assert (
        "$ZHENXING_HOME/var/lake/microcredit"
        in manifest["nodes"]["model.zhenxing.stg_microcredit"]["compiled_code"]
    )
