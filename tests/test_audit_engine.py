"""How rules are run: Great Expectations decides and counts, the rule's own query lists."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import duckdb
import pytest

from expectations.rule import Rule
from orchestration.audit.engine import BAD_ROWS, judge

RULE = Rule(
    code="X-1",
    dataset="microcredit",
    severity="error",
    title_zh="金额不超过10",
    message_zh="{found},应{expected}",
    remedy_zh="核对",
    source="test",
    query="""
        select submission_id, 'sheet' as source_sheet, source_row, cast(amount as string) as found,
               '不超过10' as expected, cast(amount - 10 as string) as difference
        from loans where amount > 10""",
)


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        connection.execute("create table loans (submission_id string, source_row integer, amount integer)")
        yield connection


def _listed(connection) -> list[tuple]:
    return connection.execute(f"select rule_code, source_row, found from {BAD_ROWS} order by all").fetchall()


def test_a_rule_without_bad_rows_passes(connection):
    connection.execute("insert into loans values ('a', 1, 10)")
    [finding] = judge(connection, [RULE])
    assert (finding.failed, finding.could_not_run) == (0, None)
    assert _listed(connection) == []


def test_every_bad_row_is_listed_where_great_expectations_lists_two_hundred(connection):
    connection.execute("insert into loans select 'a', i, i from range(1, 5011) as t(i)")
    [finding] = judge(connection, [RULE])
    assert finding.failed == 5000
    assert len(_listed(connection)) == 5000


def test_a_rule_that_crashes_could_not_run_and_others_still_answer(connection):
    connection.execute("insert into loans values ('a', 1, 11)")
    crashing = replace(RULE, code="X-2", query="select nothing from nowhere")
    findings = {finding.rule.code: finding for finding in judge(connection, [crashing, RULE])}
    assert "nowhere" in findings["X-2"].could_not_run
    assert (findings["X-1"].failed, findings["X-1"].could_not_run) == (1, None)
    assert _listed(connection) == [("X-1", 1, "11")]


def test_a_query_that_answers_twice_differently_could_not_run(connection):
    connection.execute("create sequence counter")
    unsteady = replace(
        RULE,
        query="""
        select 'a' as submission_id, 's' as source_sheet, 1 as source_row, 'f' as found, 'e' as expected,
               'd' as difference
        from range(nextval('counter'))""",
    )
    [finding] = judge(connection, [unsteady])
    assert finding.could_not_run
    assert _listed(connection) == []


def test_braces_colons_and_percent_signs_in_a_query_are_text(connection):
    connection.execute("insert into loans values ('a', 1, 11)")
    query = RULE.query.replace("cast(amount as string)", "'99%, {x}, a:b ' || amount::string")
    judge(connection, [replace(RULE, query=query)])
    assert _listed(connection) == [("X-1", 1, "99%, {x}, a:b 11")]


def test_a_file_is_judged_read_only_and_left_closed(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as writer:
        writer.execute("create table loans as select 'a' as submission_id, 1 as source_row, 11 as amount")
    with duckdb.connect(str(path), read_only=True) as reader:
        [finding] = judge(reader, [RULE])
        assert finding.failed == 1
    with duckdb.connect(str(path)) as writer:  # fails while any connection of this process is open read-only
        writer.execute("insert into loans values ('b', 2, 12)")


def test_great_expectations_is_silent_and_unimported_until_needed():
    code = "import sys, orchestration.audit.files, orchestration.audit.warehouse; print('great_expectations' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_judging_prints_nothing(connection, capfd):
    judge(connection, [RULE])
    assert capfd.readouterr() == ("", "")
