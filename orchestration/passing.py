"""Which errors pass by themselves, so that trying again a little later can help.

A server that restarts, a file that another program holds, a network that is away. Never a workbook that cannot be read, a rule
that fails or a model that does not build: they would only fail again. Belongs here: telling these apart. Does not belong here:
trying again (``night_resource``).
"""

from __future__ import annotations

import errno
import sqlite3

import duckdb

from orchestration.publish.postgres.address import PostgresFailed

_ERRNO = {
    errno.EAGAIN,
    errno.EBUSY,
    errno.ETXTBSY,
    errno.ESTALE,
    errno.ETIMEDOUT,
    errno.ECONNREFUSED,
    errno.ECONNRESET,
    errno.ECONNABORTED,
    errno.EHOSTUNREACH,
    errno.ENETUNREACH,
}
# SQLSTATE: connection lost, too many connections, server starting or stopping, deadlock, lock not to be had.
_STATES = ("08", "53300", "57P", "40P01", "40001", "55P03")
_HELD = ("database is locked", "database is busy", "could not set lock on file")


def is_passing(error: BaseException) -> bool:
    """Whether the same may succeed in a minute."""
    if isinstance(error, PostgresFailed):
        return error.unreachable or (error.state or "").startswith(_STATES)
    if isinstance(error, sqlite3.OperationalError | duckdb.IOException):
        return any(words in str(error).lower() for words in _HELD)
    return isinstance(error, OSError) and error.errno in _ERRNO
