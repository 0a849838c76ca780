"""Who may read which rows in PostgreSQL: two groups, the units each login answers for, and a policy for every table. Pure.

``zhenxing_reader`` sees all; a login of ``zhenxing_county`` sees the rows about its own units, which
``zhenxing.reader_units`` names by login, and the tables that are about no unit. What is declared nowhere is seen by the
readers alone. The owner of the tables, whose password is in ``ZHENXING_POSTGRES_URL``, and superusers see all.

Belongs here: these statements. Does not belong here: making logins (``roles``), and executing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from orchestration.publish.postgres.tables import Table, name

READER, COUNTY = "zhenxing_reader", "zhenxing_county"
GROUPS = {READER: "可读全部 | Reads every row", COUNTY: "只读本单位 | Reads the rows about its own units"}
CONTROL = "zhenxing"

# Columns that say about which unit a row is: who reported it, or whom the bureau reported it about.
UNIT_COLUMNS = ("unit_code", "receiving_unit_code", "county_code")
# Tables that a county may read whole: they are about no unit, or about all alike.
OPEN = frozenset(
    {
        "marts.dim_day",
        "marts.dim_indicator",
        "marts.dim_indicator_versions",
        "marts.dim_period",
        "marts.dim_reporting_unit",
        "quality.publications",
        "quality.rules",
    }
)
_SUBMISSIONS = "dim_submission"

# A waiver for * is one for every unit. The array is computed once a query, so that an index serves.
_OWN = f"""any (array(
    select unit_code from {CONTROL}.reader_units where role_name = current_user union all select '*'))"""


def preparation(existing: Sequence[str]) -> Iterator[str]:
    """The statements that make what outlives every load: the groups that do not exist yet, and the units by login."""
    for group in GROUPS:
        if group not in existing:
            yield f"create role {group} nologin"
    yield f"do $$ begin execute format('grant connect on database %I to {READER}, {COUNTY}', current_database()); end $$"
    yield f"create schema if not exists {CONTROL}"
    yield f"comment on schema {CONTROL} is '谁可读哪些单位;每晚的装载不改动 | Who reads which units; no load changes it'"
    yield f"""create table if not exists {CONTROL}.reader_units (
        role_name text, unit_code text, primary key (role_name, unit_code))"""
    yield f"comment on table {CONTROL}.reader_units is '每个账号可读的单位,每个单位一行 | One row per login and unit'"
    yield f"alter table {CONTROL}.reader_units enable row level security"
    yield f"drop policy if exists own on {CONTROL}.reader_units"
    yield f"create policy own on {CONTROL}.reader_units for select to {COUNTY} using (role_name = current_user)"
    yield f"grant usage on schema {CONTROL} to {COUNTY}"
    yield f"grant select on {CONTROL}.reader_units to {COUNTY}"


def schema_grants(schema: str) -> Iterator[str]:
    yield f"grant usage on schema {schema} to {READER}, {COUNTY}"


def policies(table: Table, schema: str, marts: str) -> Iterator[str]:
    """The statements that guard a table in a schema; ``marts`` is the schema in which the submissions lie."""
    target = f"{schema}.{name(table.name)}"
    yield f"grant select on {target} to {READER}, {COUNTY}"
    yield f"alter table {target} enable row level security"
    yield f"create policy reader on {target} for select to {READER} using (true)"
    if condition := county_condition(table, marts):
        yield f"create policy county on {target} for select to {COUNTY} using ({condition})"


def county_condition(table: Table, marts: str) -> str | None:
    """Which rows of a table a county reads; None where it reads none.

    Where a table names submissions but no unit, those decide that the county sees in ``dim_submission``.
    """
    if table.full_name in OPEN:
        return "true"
    units = [column for column in UNIT_COLUMNS if column in table.column_names]
    if units:
        return " or ".join(f"{name(column)} = {_OWN}" for column in units)
    if "submission_id" in table.column_names:
        return f"submission_id in (select submission_id from {marts}.{_SUBMISSIONS})"
    return None
