"""What a night looks at before it builds on the lake, and how it says that an error was damage.

Every night reads the whole lake, so it may as well know it whole: hashing is a small part of reading. Of the archive it reads
what arrived; of the rest it holds a thirtieth against its names. Belongs here: that choice. Does not belong here: scrubbing
all of it (``scrub``).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection
from datetime import UTC, datetime

import duckdb
import pyarrow as pa

from orchestration.home import Home
from orchestration.land.land import Landed, land
from orchestration.progress import Progress
from orchestration.receive.register import Submission
from orchestration.scrub.damage import ARCHIVE, Damage, Damaged
from orchestration.scrub.guarded import Guarded, archived
from orchestration.scrub.key import key_damages
from orchestration.scrub.mend import mend
from orchestration.scrub.register import registered_or_damaged
from orchestration.scrub.scrub import Held, Scrubbed, hold, hold_lake, remember, scrub, vouch_for

# The archive is held against its names once in as many nights.
NIGHTS = 30
_UNREADABLE = (duckdb.Error, sqlite3.DatabaseError, pa.ArrowException, OSError, ValueError)


def land_soundly(
    home: Home, *, periods: Collection[str] | None = None, progress: Progress | None = None
) -> Landed:
    """Lands once the lake is known to be whole. Damage that can be mended to what was there is, and remembered; with any
    other the night ends here. Raises Damaged."""
    make_sound(home, progress)
    return land(home, periods=periods, progress=progress)


def make_sound(home: Home, progress: Progress | None = None) -> Scrubbed:
    """Holds the lake, the key and tonight's share of the archive against what was said of them, mends what it can and
    remembers what it found. Raises Damaged for what a night cannot build without."""
    started = time.monotonic()
    registered, damages = registered_or_damaged(home)
    held = hold_lake(home, progress) + hold(home, _tonight(home, registered), progress)
    vouch_for(home, held.unvouched)
    damages += key_damages(home, held.damages)
    found = mend(home, (*damages, *held.damages), proven=True, progress=progress)
    scrubbed = _scrubbed(held, found, started)
    remember(home, scrubbed, by="night")
    if fatal := [damage for damage in found if damage.stands and damage.kind != ARCHIVE]:
        raise Damaged(fatal)
    return scrubbed


def explained(home: Home, error: Exception) -> Exception:
    """The damage behind an error of a night, if there is any: only then is everything read. Else the error itself."""
    if isinstance(error, Damaged) or not isinstance(error, _UNREADABLE):
        return error
    scrubbed = scrub(home)
    remember(home, scrubbed, by="night")
    standing = [damage for damage in scrubbed.damages if damage.stands]
    return Damaged(standing) if standing else error


def _tonight(home: Home, registered: list[Submission]) -> list[Guarded]:
    """The archived files whose turn it is. What arrived tonight was hashed when it was received."""
    turn = datetime.now(UTC).toordinal() % NIGHTS
    return [each for each in archived(home, registered) if int(each.sha256[:8], 16) % NIGHTS == turn]


def _scrubbed(held: Held, found: tuple[Damage, ...], started: float) -> Scrubbed:
    seconds = time.monotonic() - started
    return Scrubbed(datetime.now(UTC), held.files, held.bytes, seconds, len(held.unvouched), found)
