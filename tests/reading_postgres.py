"""A PostgreSQL that holds what a home has published, and a login that reads it, as ``docs/reading.md`` asks of it."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from postgres_support import Postgres

from orchestration.home import Home
from orchestration.publish.postgres.address import address
from orchestration.publish.postgres.load import load_marts
from orchestration.publish.postgres.roles import make_login

_READER, _PASSWORD = "bi_reader", "reads everything"


def reader_of(postgres: Postgres, home: Home) -> dict[str, str]:
    """Loads the home's publication into a new database; returns the variables by which libpq finds it."""
    database, url = postgres.new_database()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ZHENXING_POSTGRES_URL", url)
        load_marts(home)
        make_login(address(), _READER, _PASSWORD, ())
    at = urlsplit(url)
    return {
        "PGHOST": str(at.hostname),
        "PGPORT": str(at.port),
        "PGDATABASE": database,
        "PGUSER": _READER,
        "PGPASSWORD": _PASSWORD,
    }
