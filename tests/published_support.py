"""Published files made by hand: small, of every type that is published, and telling their number in every table.

Belongs here: writing them into a home. Does not belong here: what is expected of those who read them.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.home import Home

_TABLES = """
    create schema marts; create schema quality;
    create table quality.publications as
        select cast(n as integer) as number, timestamp '2021-09-10 18:00:00' + n * interval 1 day as published_at,
               md5(cast(n as varchar)) as fingerprint
        from range(1, $number + 1) as numbers(n);
    create table marts.dim_submission as select * from (values ('s1', '610122'), ('s2', '610922')) as v(submission_id, unit_code);
    create table marts.fct_values as select * from (values
        ('610122', $number, cast('9999999999999999999999999999.9999999999' as decimal(38,10)), cast(0.000001 as decimal(9,6)),
         timestamp '2021-08-31 23:59:59.123456', timestamptz '2021-08-31 23:59:59.123456+08', date '2021-08-31', true,
         9223372036854775807, '制表	引号''反斜\\换行
完'),
        ('610922', $number, cast('-1234567890123456789012345678.0123456789' as decimal(38,10)), cast(-999.999999 as decimal(9,6)),
         timestamp '1970-01-01 00:00:00', timestamptz '1969-12-31 23:59:59+00', date '1949-10-01', false, -1, ''),
        ('611024', $number, cast('0.0000000001' as decimal(38,10)), 0, null, null, null, null, null, null),
        ('611024', $number, cast('-10000' as decimal(38,10)), 100, null, null, null, null, null, null),
        (null, $number, null, null, null, null, null, null, null, null)
    ) as v(unit_code, number, value, rate, at_second, at_moment, on_day, is_so, counted, said);
    create table quality.landed_sheets as
        select submission_id, $number as number from marts.dim_submission;
    create table quality.unheard_of as select $number as number;
    comment on table marts.fct_values is '每行一个值,''引号''也在 | One row per value';
    comment on column marts.fct_values.value is '精确值 | Exact value'"""


def write_published(home: Home, number: int) -> Path:
    """A published file of this number, put in the place of the one before by a rename, as publishing does."""
    home.published.mkdir(parents=True, exist_ok=True)
    path = home.published / "made.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for statement in _TABLES.replace("$number", str(number)).split(";\n"):
            connection.execute(statement)
    path.replace(home.warehouse)
    return home.warehouse
