"""PostgreSQL that dies while it is loaded: readers have what they had, and the next load brings all of it."""

from __future__ import annotations

import pytest
from postgres_support import Postgres
from published_support import write_published

from orchestration.home import Home
from orchestration.publish.postgres.address import VARIABLE, PostgresFailed
from orchestration.publish.postgres.load import load_marts
from orchestration.publish.postgres.stamp import postgres_due

_NUMBERS = "select distinct number from marts.fct_values union select distinct number from quality.unheard_of"
# Ends the server's process for the loader's connection, as the kernel does when memory runs out.
_KILL = (
    "select pg_terminate_backend(pid) from pg_stat_activity "
    "where datname = '{database}' and pid <> pg_backend_pid()"
)


@pytest.mark.parametrize("instant", [1, 3])
def test_a_connection_that_dies_in_the_middle_leaves_readers_what_they_had(
    home: Home, postgres: Postgres, monkeypatch: pytest.MonkeyPatch, instant: int
):
    database, url = postgres.new_database()
    monkeypatch.setenv(VARIABLE, url)
    write_published(home, 1)
    load_marts(home)
    write_published(home, 2)

    def progress(_what: str, done: int, _total: int) -> None:
        if done == instant:
            postgres.rows(_KILL.format(database=database))

    with pytest.raises(PostgresFailed):
        load_marts(home, progress=progress)
    assert postgres.rows(_NUMBERS, database) == [["1"]]
    assert postgres_due(home)
    load_marts(home)
    assert postgres.rows(_NUMBERS, database) == [["2"]]
    assert not postgres_due(home)
