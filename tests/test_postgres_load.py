"""What PostgreSQL holds after a load: the published rows exactly, in one piece, whoever reads and whatever is killed."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import duckdb
import pytest
from postgres_support import Postgres, free_port
from published_support import write_published

from orchestration.home import Home
from orchestration.publish.postgres.address import VARIABLE, PostgresFailed, address, parse
from orchestration.publish.postgres.keys import unique_keys
from orchestration.publish.postgres.load import load_marts
from orchestration.publish.postgres.session import connected
from orchestration.publish.postgres.stamp import postgres_due
from orchestration.publish.postgres.tables import INDEXED, Table, published_tables

READERS = 10


@pytest.fixture
def database(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database of the test's own, which is also the one that the environment names."""
    name, url = postgres.new_database()
    monkeypatch.setenv(VARIABLE, url)
    return name


@pytest.fixture(scope="module")
def province(postgres: Postgres, published_small_province: Home):
    """The small province as published, loaded: the home, its tables, and the database."""
    name, url = postgres.new_database()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(VARIABLE, url)
        loaded = load_marts(published_small_province)
    with duckdb.connect(str(published_small_province.warehouse), read_only=True) as connection:
        return published_small_province, published_tables(connection), loaded, name


def test_every_published_table_is_there_with_its_rows(province):
    home, tables, loaded, _ = province
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        rows = {table.full_name: _count(connection, table) for table in tables}
    assert loaded.tables == rows
    assert sum(rows.values()) > 5000


def test_every_value_is_the_published_one(province, postgres: Postgres):
    home, tables, _, database = province
    assert {table: n for table, n in _differences(home, tables, postgres.url(database)).items() if n} == {}


def test_extreme_decimals_moments_and_texts_arrive_exactly(home: Home, postgres: Postgres, database: str):
    write_published(home, 1)
    load_marts(home)
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        tables = published_tables(connection)
    assert {table: n for table, n in _differences(home, tables, postgres.url(database)).items() if n} == {}


def test_a_moment_with_a_zone_is_the_same_moment(home: Home, postgres: Postgres, database: str):
    write_published(home, 1)
    load_marts(home)
    [[zoned, plain]] = postgres.rows(
        "set timezone = 'UTC'; select at_moment, at_second from marts.fct_values where unit_code = '610122'",
        database,
    )
    assert (zoned, plain) == ("2021-08-31 15:59:59.123456+00", "2021-08-31 23:59:59.123456")


def test_tables_and_columns_say_what_they_hold(province, postgres: Postgres):
    _, tables, _, database = province
    said = postgres.rows(
        "select nspname || '.' || relname, coalesce(attname, ''), coalesce(replace(description, E'\\n', ' '), '') "
        "from pg_class join pg_namespace on pg_namespace.oid = relnamespace "
        "left join pg_attribute on attrelid = pg_class.oid and attnum > 0 "
        "left join pg_description on objoid = pg_class.oid and objsubid = attnum "
        "where nspname in ('marts', 'quality') and relkind = 'r'",
        database,
    )
    wanted = {(table.full_name, column.name): column.comment for table in tables for column in table.columns}
    assert {(table, column): comment for table, column, comment in said} == {
        place: (comment or "").replace("\n", " ") for place, comment in wanted.items()
    }
    table_comments = postgres.rows(
        "select obj_description(pg_class.oid, 'pg_class') from pg_class "
        "join pg_namespace on pg_namespace.oid = relnamespace where nspname = 'marts' and relkind = 'r'",
        database,
    )
    assert all(comment for [comment] in table_comments)


def test_what_readers_select_by_is_indexed(province, postgres: Postgres):
    _, tables, _, database = province
    first = {
        (table, definition.rpartition("(")[2].strip(")").split(",")[0].strip('" '))
        for table, definition in postgres.rows(
            "select schemaname || '.' || tablename, indexdef from pg_indexes where schemaname in ('marts', 'quality')",
            database,
        )
    }
    wanted = {
        (table.full_name, column) for table in tables for column in INDEXED if column in table.column_names
    }
    assert wanted <= first


def test_what_dbt_tests_to_be_unique_is_unique(province, postgres: Postgres):
    _, tables, _, database = province
    unique = {
        table
        for [table] in postgres.rows(
            "select schemaname || '.' || tablename from pg_indexes where indexdef like 'CREATE UNIQUE%'",
            database,
        )
    }
    names = {table.full_name for table in tables}
    assert {"marts.fct_loans", "marts.rpt_figures", "marts.dim_reporting_unit"} <= set(unique_keys()) & names
    assert set(unique_keys()) & names <= unique


def test_the_server_knows_how_many_rows_there_are(province, postgres: Postgres):
    _, _, loaded, database = province
    known = dict(
        postgres.rows(
            "select nspname || '.' || relname, reltuples::bigint from pg_class "
            "join pg_namespace on pg_namespace.oid = relnamespace where nspname in ('marts', 'quality') and relkind = 'r'",
            database,
        )
    )
    assert {table: int(rows) for table, rows in known.items()} == loaded.tables


def test_what_is_loaded_is_not_loaded_again(home: Home, postgres: Postgres, database: str):
    write_published(home, 1)
    assert postgres_due(home)
    assert load_marts(home).changed
    before = _oids(postgres, database)
    assert not postgres_due(home)
    assert not load_marts(home).changed
    assert _oids(postgres, database) == before


def test_a_publication_makes_a_load_due(home: Home, postgres: Postgres, database: str):
    write_published(home, 1)
    load_marts(home)
    write_published(home, 2)
    assert postgres_due(home)
    load_marts(home)
    assert not postgres_due(home)
    assert _state(postgres, database) == ("2", ["marts", "quality", "zhenxing"])


def test_another_program_makes_a_load_due(home: Home, database: str, monkeypatch: pytest.MonkeyPatch):
    write_published(home, 1)
    load_marts(home)
    monkeypatch.setattr("orchestration.publish.postgres.stamp._program", lambda: "another program")
    assert postgres_due(home)


def test_the_comment_of_the_schemas_tells_the_publication(home: Home, postgres: Postgres, database: str):
    write_published(home, 3)
    load_marts(home)
    [[marts], [quality]] = postgres.rows(
        "select obj_description(oid, 'pg_namespace') from pg_namespace where nspname in ('marts', 'quality')",
        database,
    )
    assert marts == quality
    assert marts.startswith("振兴数据仓库,第 3 次发布(2021-09-14 02:00:00)")


@pytest.mark.parametrize("schema", ["marts", "quality_next", "marts_old"])
def test_a_schema_of_somebody_else_is_left_alone(schema: str, home: Home, postgres: Postgres, database: str):
    write_published(home, 1)
    postgres.rows(f"create schema {schema}; create table {schema}.kept as select 1 as one", database)
    with pytest.raises(PostgresFailed, match=f"不是本程序建的模式 {schema},"):
        load_marts(home)
    assert postgres.rows(f"select one from {schema}.kept", database) == [["1"]]


def test_readers_find_one_publication_and_no_error_while_others_are_loaded(home: Home, database: str):
    write_published(home, 1)
    load_marts(home)
    ended = threading.Event()
    seen: list[Counter] = [Counter() for _ in range(READERS)]
    threads = [
        threading.Thread(target=_read_on, args=(ended, seen[number], number % 2 == 0), daemon=True)
        for number in range(READERS)
    ]
    for thread in threads:
        thread.start()
    for number in range(2, 6):
        write_published(home, number)
        assert load_marts(home).changed
    ended.set()
    for thread in threads:
        thread.join(timeout=60)
    found = sum(seen, Counter())
    assert {said for said in found if not isinstance(said, int)} == set()
    assert {1, 5} < set(found) <= set(range(1, 6))
    assert all(sum(each.values()) > 5 for each in seen)


def _read_on(ended: threading.Event, seen: Counter, in_a_transaction: bool) -> None:
    """Notes the publication that each read found in all tables, or what was wrong."""
    queries = [
        "select max(number) from marts.fct_values",
        "select max(number) from quality.landed_sheets",
        "select max(number) from quality.publications",
    ]
    together = "select " + ", ".join(f"({query})" for query in queries)
    try:
        with connected(address()) as session:
            last = False
            while not last:
                last = ended.is_set()
                if in_a_transaction:
                    with session.transaction():
                        numbers = {session.rows(query)[0][0] for query in queries}
                else:
                    numbers = set(session.rows(together)[0])
                seen[numbers.pop() if len(numbers) == 1 else f"mixed: {sorted(numbers)}"] += 1
    except PostgresFailed as error:
        seen[str(error)] += 1


def test_a_reader_who_never_ends_keeps_what_is_read_and_the_load_says_so(
    home: Home, postgres: Postgres, database: str
):
    write_published(home, 1)
    load_marts(home)
    write_published(home, 2)
    with connected(address()) as session, session.transaction():
        session.rows("select * from quality.publications")
        with pytest.raises(PostgresFailed, match="有人一直占用旧表"):
            load_marts(home, patience=0.5)
        assert session.rows("select max(number) from quality.publications") == [(1,)]
    assert postgres_due(home)
    assert load_marts(home).changed
    assert _state(postgres, database) == ("2", ["marts", "quality", "zhenxing"])


def test_two_do_not_load_at_once(home: Home, database: str):
    write_published(home, 1)
    with connected(address()) as session:
        session.rows("select pg_advisory_lock(7210831)")
        with pytest.raises(PostgresFailed, match="另一个进程"):
            load_marts(home)
    assert load_marts(home).changed


@pytest.mark.parametrize(
    ("where", "readers_have"),
    [("Session.append", "1"), ("_swap", "1"), ("_drop", "2")],
    ids=["while loading", "before the swap", "after the swap"],
)
def test_a_load_that_was_killed_is_done_again(
    where: str, readers_have: str, home: Home, postgres: Postgres, database: str
):
    write_published(home, 1)
    load_marts(home)
    write_published(home, 2)
    _killed_at(where)
    assert _state(postgres, database)[0] == readers_have
    assert postgres_due(home)
    assert _until_free(home)
    assert not postgres_due(home)
    assert _state(postgres, database) == ("2", ["marts", "quality", "zhenxing"])


_HANGS = """
import sys, time
from orchestration.home import Home
from orchestration.publish.postgres import load

def hang(*given):
    if {where!r} == "_drop" and given[1] == []:
        return
    print("here", flush=True)
    time.sleep(600)

load.{where} = hang
load.load_marts(Home.current())
"""


def _killed_at(where: str) -> None:
    """A load in a process of its own, killed when it comes to this function."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HANGS.format(where=where)], stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        process.send_signal(signal.SIGKILL)


def _until_free(home: Home) -> bool:
    """The load, once the server has noticed that the killed one is gone."""
    until = time.monotonic() + 30
    while True:
        try:
            return bool(load_marts(home).stamp)
        except PostgresFailed as error:
            if "另一个进程" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.1)


def test_a_home_without_postgresql_is_never_due(home: Home):
    write_published(home, 1)
    assert not postgres_due(home)


def test_a_server_that_is_down_is_due_and_fails_in_words(home: Home, monkeypatch: pytest.MonkeyPatch):
    write_published(home, 1)
    monkeypatch.setenv(VARIABLE, f"postgresql://loader:v3ryS3cret@127.0.0.1:{free_port()}/zhenxing")
    assert postgres_due(home)
    with pytest.raises(PostgresFailed, match=r"连不上 PostgreSQL\(127.0.0.1:\d+/zhenxing\)") as raised:
        load_marts(home)
    assert "v3ryS3cret" not in str(raised.value)


def test_a_server_that_says_nothing_is_waited_for_seconds_only(home: Home, monkeypatch: pytest.MonkeyPatch):
    write_published(home, 1)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setenv(
            VARIABLE, f"postgresql://loader:secret@127.0.0.1:{silent.getsockname()[1]}/zhenxing"
        )
        started = time.monotonic()
        assert postgres_due(home)
        assert time.monotonic() - started < 15


def test_a_question_that_takes_too_long_fails_in_words(postgres: Postgres):
    with connected(parse(postgres.url())) as session:
        session.execute("set statement_timeout = '100ms'")
        with pytest.raises(PostgresFailed, match="statement timeout"):
            session.rows("select pg_sleep(10)")
        session.execute("set statement_timeout = 0")
        assert session.rows("select 1") == [(1,)]


def test_a_connection_that_is_lost_fails_in_words(postgres: Postgres):
    with connected(parse(postgres.url())) as session:
        [(backend,)] = session.rows("select pg_backend_pid()")
        with pytest.raises(PostgresFailed, match="terminating connection"), session.transaction():
            session.execute("select 1")
            postgres.rows(f"select pg_terminate_backend({backend})")
            session.execute("select 1")


def test_a_wrong_password_is_said_without_it(home: Home, postgres: Postgres, monkeypatch: pytest.MonkeyPatch):
    write_published(home, 1)
    monkeypatch.setenv(VARIABLE, postgres.url(password="wr0ngPassw0rd"))
    assert postgres_due(home)
    with pytest.raises(PostgresFailed, match="password authentication failed") as raised:
        load_marts(home)
    assert "wr0ngPassw0rd" not in repr(raised.value) + repr(raised.value.__context__.__dict__ or "")


def test_a_login_that_may_not_load_is_told_so(
    home: Home, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
):
    write_published(home, 1)
    name, _ = postgres.new_database()
    postgres.rows(f"create role {name}_weak login password 'weakweak'")
    monkeypatch.setenv(VARIABLE, postgres.url(name, f"{name}_weak", "weakweak"))
    with pytest.raises(PostgresFailed, match=r"permission denied.*缺少权限"):
        load_marts(home)


def _count(connection: duckdb.DuckDBPyConnection, table: Table) -> int:
    [(rows,)] = connection.execute(f"select count(*) from {table.full_name}").fetchall()
    return rows


def _differences(home: Home, tables: list[Table], url: str) -> dict[str, int]:
    """How many rows of either side the other does not have, by table."""
    found = {}
    with duckdb.connect(str(home.warehouse), read_only=True) as connection, connected(parse(url)) as session:
        connection.execute("set TimeZone = 'UTC'")
        for table in tables:
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            query = f"select {columns} from {table.full_name}"
            published = Counter(connection.execute(query).fetchall())
            loaded = Counter(map(_read_decimals(table), session.rows(query)))
            found[table.full_name] = (published - loaded).total() + (loaded - published).total()
    return found


def _read_decimals(table: Table) -> Callable[[tuple], tuple]:
    """Exact decimals arrive from PostgreSQL as texts."""
    exact = [column.type.startswith("DECIMAL") for column in table.columns]
    return lambda row: tuple(
        Decimal(value) if is_exact and value is not None else value
        for value, is_exact in zip(row, exact, strict=True)
    )


def _oids(postgres: Postgres, database: str) -> list[list[str]]:
    return postgres.rows("select oid from pg_class where relname = 'fct_values' and relkind = 'r'", database)


def _state(postgres: Postgres, database: str) -> tuple[str, list[str]]:
    """The publication that readers find, and every schema there is."""
    [[number]] = postgres.rows("select max(number) from quality.publications", database)
    schemas = postgres.rows(
        "select nspname from pg_namespace where nspname !~ '^(pg_|information_schema|public)' order by 1",
        database,
    )
    return number, [schema for [schema] in schemas]
