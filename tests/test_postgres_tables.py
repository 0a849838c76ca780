"""What is said to PostgreSQL of the published tables, and what may be said of where it is."""

from __future__ import annotations

import subprocess
import sys

import duckdb
import pytest
from published_support import write_published

from orchestration.dagster_common import POSTGRES, PUBLISHED
from orchestration.home import Home
from orchestration.publish.postgres.access import OPEN, UNIT_COLUMNS, county_condition
from orchestration.publish.postgres.address import VARIABLE, PostgresFailed, address, is_named, parse
from orchestration.publish.postgres.assets import postgres_assets
from orchestration.publish.postgres.keys import unique_keys
from orchestration.publish.postgres.tables import Column, Table, creation, indexes, published_tables


def table(*columns: tuple[str, str], name: str = "fct_loans", comment: str | None = None) -> Table:
    return Table("marts", name, comment, tuple(Column(column, kind, None) for column, kind in columns))


def test_a_decimal_keeps_its_precision_and_scale():
    [made] = creation(table(("amount", "DECIMAL(38,10)")), "marts_next")
    assert made == 'create table marts_next."fct_loans" ("amount" numeric(38,10))'


def test_a_moment_keeps_or_lacks_its_zone():
    [made] = creation(table(("a", "TIMESTAMP"), ("b", "TIMESTAMP WITH TIME ZONE")), "marts_next")
    assert made.endswith('("a" timestamp, "b" timestamptz)')


@pytest.mark.parametrize("kind", ["STRUCT(a INTEGER)", "VARCHAR[]", "HUGEINT"])
def test_a_type_that_cannot_be_loaded_is_named_with_its_column(kind: str):
    with pytest.raises(ValueError, match=r"marts\.fct_loans\.odd"):
        list(creation(table(("odd", kind)), "marts_next"))


def test_words_with_quotes_are_comments_like_any_other():
    statements = list(creation(table(("a", "DATE"), comment="县'级' | 'x'; drop"), "n"))
    assert statements[1] == "comment on table n.\"fct_loans\" is '县''级'' | ''x''; drop'"


def test_a_key_is_unique_and_its_first_column_has_no_index_of_its_own():
    columns = [("reporting_period", "VARCHAR"), ("unit_code", "VARCHAR"), ("contract_no", "VARCHAR")]
    made = list(
        indexes(table(*columns), "n", {"marts.fct_loans": ("reporting_period", "unit_code", "contract_no")})
    )
    assert made == [
        'create unique index on n."fct_loans" ("reporting_period", "unit_code", "contract_no")',
        'create index on n."fct_loans" ("unit_code")',
    ]


def test_keys_are_those_that_dbt_tests():
    keys = unique_keys()
    assert keys["marts.fct_loans"] == ("reporting_period", "unit_code", "contract_no")
    assert keys["marts.dim_reporting_unit"] == ("unit_code",)


def test_a_published_file_says_which_tables_it_has(home: Home):
    with duckdb.connect(str(write_published(home, 1)), read_only=True) as connection:
        found = {each.full_name: each for each in published_tables(connection)}
    assert set(found) == {
        "marts.dim_submission",
        "marts.fct_values",
        "quality.landed_sheets",
        "quality.publications",
        "quality.unheard_of",
    }
    values = found["marts.fct_values"]
    assert values.comment == "每行一个值,'引号'也在 | One row per value"
    assert {column.name: column.type for column in values.columns}["value"] == "DECIMAL(38,10)"


def test_a_county_reads_rows_about_itself_whoever_reported_them():
    condition = county_condition(table(("unit_code", "VARCHAR"), ("receiving_unit_code", "VARCHAR")), "n")
    assert condition is not None
    assert '"unit_code" = any' in condition and ' or "receiving_unit_code" = any' in condition


def test_a_table_of_submissions_follows_what_the_county_sees_of_these():
    assert county_condition(table(("submission_id", "VARCHAR")), "n") == (
        "submission_id in (select submission_id from n.dim_submission)"
    )


def test_a_table_that_nobody_thought_of_is_closed_to_counties():
    assert county_condition(table(("figure", "VARCHAR"), name="new"), "n") is None


def test_every_published_table_is_open_or_restricted_and_none_names_counties_unguarded(
    published_small_province: Home,
):
    with duckdb.connect(str(published_small_province.warehouse), read_only=True) as connection:
        tables = published_tables(connection)
        assert [each.full_name for each in tables if county_condition(each, "marts") is None] == []
        unguarded = [
            f"{each.full_name}.{column.name}"
            for each in tables
            if each.full_name not in OPEN and not set(UNIT_COLUMNS) & set(each.column_names)
            for column in each.columns
            if column.type == "VARCHAR" and _names_counties(connection, each, column.name)
        ]
    assert unguarded == []


def _names_counties(connection: duckdb.DuckDBPyConnection, each: Table, column: str) -> bool:
    """Whether a column holds a code of a county; an id of a submission begins with one and is guarded as such."""
    return bool(
        connection.execute(
            f'select 1 from {each.full_name} semi join marts.dim_reporting_unit as u on "{column}" = u.unit_code limit 1'
        ).fetchall()
    )


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://zhenxing:se%40cret@10.0.0.5:5432/stats", "10.0.0.5:5432/stats"),
        ("postgres://zhenxing@db.bureau.local/stats?sslmode=require", "db.bureau.local/stats"),
        ("postgresql:///stats?host=/var/run/postgresql", "/var/run/postgresql/stats"),
        ("postgresql://[::1]:5433/stats", "[::1]:5433/stats"),
        ("postgresql://a:1,b:2/stats", "a:1,b:2/stats"),
    ],
)
def test_a_place_is_shown_without_its_password(url: str, place: str):
    found = parse(url)
    assert found.place == place
    assert "se%40cret" not in repr(found) and "se@cret" not in repr(found)


def test_waiting_is_bounded_unless_the_url_says_otherwise():
    assert "connect_timeout=3&" in parse("postgresql://h/d").url
    assert parse("postgresql://h/d?connect_timeout=10").url.count("connect_timeout") == 1


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://zhenxing:topse@cret@10.0.0.5/stats",
        "postgresql://zhenxing:topse/cret@10.0.0.5/stats",
        "postgresql://zhenxing:topse?cret@10.0.0.5/stats",
        "postgresql://zhenxing:topse:cret@10.0.0.5/stats",
        "postgresql://10.0.0.5/stats?user=zhenxing&password=topsecret",
        "mysql://zhenxing:topsecret@10.0.0.5/stats",
        "host=10.0.0.5 password=topsecret",
    ],
)
def test_a_url_that_would_be_misread_is_refused_without_repeating_it(url: str):
    with pytest.raises(PostgresFailed, match=VARIABLE) as raised:
        parse(url)
    assert "topse" not in str(raised.value) and "cret@" not in str(raised.value)


def test_words_of_others_lose_the_password():
    assert parse("postgresql://u:p%40ss@h/d").discreet("no p%40ss, no p@ss") == "no …, no …"


def test_a_home_without_postgresql_shows_no_asset_of_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert (is_named(), address(), postgres_assets()) == (False, None, [])
    monkeypatch.setenv(VARIABLE, "  ")
    assert (is_named(), address(), postgres_assets()) == (False, None, [])


def test_with_one_the_asset_follows_what_is_published(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(VARIABLE, "postgresql://127.0.0.1:1/none")
    [asset] = postgres_assets()
    assert asset.asset_deps == {POSTGRES: {PUBLISHED}}
    assert set(asset.group_names_by_key.values()) == {"publish"}


def test_a_night_without_postgresql_does_not_load_its_driver():
    asked = "import sys, orchestration.behind; print([name for name in sys.modules if 'adbc' in name])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
