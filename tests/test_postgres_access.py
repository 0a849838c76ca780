"""Who reads what in PostgreSQL: a county its own rows, the bureau all, a stranger nothing; and the logins themselves."""

from __future__ import annotations

import json

import pytest
from postgres_support import Postgres, psql
from published_support import write_published

from orchestration.cli import main
from orchestration.home import Home
from orchestration.publish.postgres.address import VARIABLE
from orchestration.publish.postgres.load import load_marts

LANTIAN, SHIQUAN = "610122", "610922"
PASSWORD = "rather-long-1"


class Readers:
    """A database loaded with the small province, and how each login sees it."""

    def __init__(self, postgres: Postgres, database: str, url: str, home: Home):
        self.postgres, self.database, self.url, self.home = postgres, database, url, home

    def rows(self, login: str, sql: str) -> list[list[str]]:
        return self.postgres.rows(sql, self.database, login, PASSWORD)

    def one(self, login: str, sql: str) -> list[str]:
        return [value for [value] in self.rows(login, sql)]


@pytest.fixture(scope="module")
def readers(postgres: Postgres, published_small_province: Home):
    database, url = postgres.new_database()
    given = {
        VARIABLE: url,
        "ZHENXING_HOME": str(published_small_province.root),
        "ZHENXING_ROLE_PASSWORD": PASSWORD,
    }

    def run(*commands: list[str]) -> None:
        with pytest.MonkeyPatch.context() as environment:
            for name, value in given.items():
                environment.setenv(name, value)
            for command in commands:
                assert main(["postgres", *command]) == 0

    run(["load"], ["role", LANTIAN], ["role", "安康市"], ["reader", "bi_tool"])
    postgres.rows(f"create role stranger login password '{PASSWORD}'")
    yield Readers(postgres, database, url, published_small_province)
    run(*[["drop", login] for login in ("county_610122", "city_610900", "bi_tool")])
    postgres.rows("drop role stranger")


@pytest.mark.parametrize(
    "table",
    [
        "fct_projects",
        "fct_loans",
        "rpt_figures",
        "rpt_submission_status",
        "dim_submission",
        "quality.verdicts",
    ],
)
def test_a_county_sees_its_own_rows(readers: Readers, table: str):
    assert readers.one("county_610122", f"select distinct unit_code from {table}") == [LANTIAN]
    every = f"select count(*) from {table} where unit_code = '{LANTIAN}'"
    assert readers.one("county_610122", f"select count(*) from {table}") == readers.one("bi_tool", every)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("fct_bridging_funds", "receiving_unit_code"),
        ("fct_hotline_calls", "county_code"),
        ("fct_east_west", "receiving_unit_code"),
    ],
)
def test_a_county_sees_what_the_bureau_reported_about_it(readers: Readers, table: str, column: str):
    seen = readers.one("county_610122", f"select count(*) from {table}")
    assert seen == readers.one("bi_tool", f"select count(*) from {table} where {column} = '{LANTIAN}'")
    assert readers.one("bi_tool", f"select count(*) from {table}") > ["0"]
    assert (
        readers.one("county_610122", f"select distinct {column} from {table} where {column} <> '{LANTIAN}'")
        == []
    )


@pytest.mark.parametrize("table", ["landed_sheets", "landed_columns"])
def test_a_county_sees_the_sheets_and_columns_of_its_own_submissions(readers: Readers, table: str):
    own = (
        f"select count(*) from quality.{table} join marts.dim_submission using (submission_id) "
        f"where unit_code = '{LANTIAN}'"
    )
    assert readers.one("county_610122", f"select count(*) from quality.{table}") == readers.one(
        "bi_tool", own
    )
    assert readers.one("bi_tool", own) > ["0"]


@pytest.mark.parametrize(
    "table", ["dim_indicator", "dim_period", "dim_reporting_unit", "rules", "publications"]
)
def test_a_county_reads_what_is_about_no_unit(readers: Readers, table: str):
    query = f"select count(*) from {table}"
    assert readers.one("county_610122", query) == readers.one("bi_tool", query) > ["0"]


def test_a_city_sees_itself_and_its_counties(readers: Readers):
    seen = set(readers.one("city_610900", "select distinct unit_code from rpt_figures"))
    assert SHIQUAN in seen and seen <= {"610900", SHIQUAN}


def test_a_reader_sees_every_row(readers: Readers):
    tables = [
        table
        for [table] in readers.postgres.rows(
            "select schemaname || '.' || tablename from pg_tables where schemaname in ('marts', 'quality')",
            readers.database,
        )
    ]
    counted = " union all ".join(f"select '{table}', count(*) from {table}" for table in sorted(tables))
    assert readers.rows("bi_tool", counted) == readers.postgres.rows(counted, readers.database)


def test_a_stranger_sees_nothing(readers: Readers):
    for table in ("marts.fct_loans", "marts.dim_period", "quality.publications", "zhenxing.reader_units"):
        with pytest.raises(RuntimeError, match="permission denied for schema"):
            readers.rows("stranger", f"select * from {table}")


def test_no_row_of_a_table_is_unguarded(readers: Readers):
    assert (
        readers.postgres.rows(
            "select relname from pg_class where relkind = 'r' and not relrowsecurity "
            "and relnamespace in (select oid from pg_namespace where nspname in ('marts', 'quality', 'zhenxing'))",
            readers.database,
        )
        == []
    )


@pytest.mark.parametrize("login", ["county_610122", "bi_tool"])
@pytest.mark.parametrize(
    "change",
    [
        "delete from marts.fct_loans",
        "insert into zhenxing.reader_units values ('county_610122', '610922')",
        "create table marts.mine (a int)",
        "alter table marts.fct_loans disable row level security",
        "set role zhenxing_reader_owner",
    ],
)
def test_a_reader_changes_nothing(readers: Readers, login: str, change: str):
    with pytest.raises(RuntimeError, match=r"permission denied|must be owner|does not exist"):
        readers.rows(login, f"set transaction read write; {change}")


def test_a_county_does_not_become_a_reader(readers: Readers):
    with pytest.raises(RuntimeError, match="permission denied to set role"):
        readers.rows("county_610122", "set role zhenxing_reader")


def test_a_county_learns_of_no_other_login(readers: Readers):
    assert readers.one("county_610122", "select distinct role_name from zhenxing.reader_units") == [
        "county_610122"
    ]


def test_what_each_reads_survives_the_next_load(
    postgres: Postgres, home: Home, monkeypatch: pytest.MonkeyPatch
):
    database, url = postgres.new_database()
    monkeypatch.setenv(VARIABLE, url)
    monkeypatch.setenv("ZHENXING_ROLE_PASSWORD", PASSWORD)
    assert main(["postgres", "role", "611024"]) == 0
    for number in (1, 2):
        write_published(home, number)
        load_marts(home)
        query = "select number, count(*) from marts.fct_values group by 1"
        assert postgres.rows(query, database, "county_611024", PASSWORD) == [[str(number), "2"]]
        unheard_of = "select count(*) from quality.unheard_of"
        assert postgres.rows(unheard_of, database, "county_611024", PASSWORD) == [["0"]]
    assert main(["postgres", "drop", "county_611024"]) == 0


@pytest.fixture
def asked(readers: Readers, home: Home, monkeypatch: pytest.MonkeyPatch) -> Readers:
    """The same, as the environment names it to a command."""
    monkeypatch.setenv(VARIABLE, readers.url)
    monkeypatch.setenv("ZHENXING_ROLE_PASSWORD", PASSWORD)
    return readers


def test_a_password_is_made_and_shown_once(asked: Readers, monkeypatch, capsys):
    monkeypatch.delenv("ZHENXING_ROLE_PASSWORD")
    assert main(["postgres", "reader", "analyst", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert len(made["password"]) >= 20
    assert psql(asked.postgres.url(asked.database, "analyst", made["password"]), "select 1").stdout == "1\n"
    assert main(["postgres", "roles", "--json"]) == 0
    listed = {role["name"]: role["units"] for role in json.loads(capsys.readouterr().out)["roles"]}
    assert listed["analyst"] is None and listed["county_610122"] == [LANTIAN]
    assert set(listed["city_610900"]) == {"610900", SHIQUAN}
    assert main(["postgres", "drop", "analyst"]) == 0
    assert psql(asked.postgres.url(asked.database, "analyst", made["password"]), "select 1").returncode != 0


def test_a_new_password_replaces_the_old_one(asked: Readers, monkeypatch):
    for password in ("first-password", "second-password"):
        monkeypatch.setenv("ZHENXING_ROLE_PASSWORD", password)
        assert main(["postgres", "reader", "changing"]) == 0
    url = asked.postgres.url(asked.database, "changing", "{}")
    assert psql(url.format("first-password"), "select 1").returncode != 0
    assert psql(url.format("second-password"), "select 1").returncode == 0
    assert main(["postgres", "drop", "changing"]) == 0


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["reader", "stranger"], "不是本程序建的"),
        (["reader", "county_610122"], "不是本程序建的"),
        (["reader", "postgres"], "不是本程序建的"),
        (["reader", 'x"; drop role stranger'], "只能用小写字母"),
        (["role", "610000"], "可读全部"),
        (["role", "999999"], "不是本省的报送单位"),
        (["drop", "stranger"], "不是本程序建的"),
        (["drop", "nobody_at_all"], "不是本程序建的"),
    ],
)
def test_a_login_that_is_not_ours_is_left_alone(asked: Readers, capsys, command: list[str], said: str):
    assert main(["postgres", *command]) == 1
    assert said in capsys.readouterr().err


def test_the_server_never_gets_to_see_a_password(asked: Readers, monkeypatch):
    asked.postgres.rows(f"alter database {asked.database} set log_statement = 'all'")
    monkeypatch.setenv("ZHENXING_ROLE_PASSWORD", "never-to-be-logged")
    assert main(["postgres", "reader", "logged"]) == 0
    asked.postgres.rows(f"alter database {asked.database} reset log_statement")
    log = (asked.postgres.folder / "log").read_text(encoding="utf-8")
    assert "create role" in log and "never-to-be-logged" not in log
    assert main(["postgres", "drop", "logged"]) == 0


def test_a_short_password_is_refused(asked: Readers, monkeypatch, capsys):
    monkeypatch.setenv("ZHENXING_ROLE_PASSWORD", "short")
    assert main(["postgres", "reader", "short_one"]) == 1
    assert "至少 8 个字符" in capsys.readouterr().err


def test_without_an_address_the_commands_say_what_to_set(home: Home, capsys: pytest.CaptureFixture):
    for command in (["load"], ["roles"], ["reader", "x"]):
        assert main(["postgres", *command]) == 1
        assert f"没有设置 {VARIABLE}" in capsys.readouterr().err


def test_a_load_by_hand_says_what_is_there(home: Home, postgres: Postgres, monkeypatch, capsys):
    _, url = postgres.new_database()
    monkeypatch.setenv(VARIABLE, url)
    assert main(["postgres", "load"]) == 1
    assert "还没有发布过" in capsys.readouterr().err
    write_published(home, 1)
    assert main(["postgres", "load"]) == 0
    assert "已换上振兴数据仓库,第 1 次发布" in capsys.readouterr().out
    assert main(["postgres", "load"]) == 0
    assert "已是振兴数据仓库,第 1 次发布" in capsys.readouterr().out
