"""What has come into the inbox since the last night, looked at without reading a byte.

Belongs here: that look. Does not belong here: which files count (``receive.inbox``), and what is asked for (``sensors``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from orchestration.home import Home
from orchestration.receive.inbox import Inbox, InboxFile, scan
from orchestration.receive.register import Register

# A file that was touched within this time may still be being copied. A copy that pauses longer has changed by the next look.
QUIET_SECONDS = 30.0


def arrived(home: Home) -> Inbox:
    """The files that no night has taken yet; those touched within the last ``QUIET_SECONDS`` are waiting."""
    inbox = scan(home.inbox, quiet_seconds=QUIET_SECONDS)
    if not home.register.exists():
        return inbox
    with Register(home.register) as register:
        files = [f for f in inbox.files if not register.knows_file(f.name, f.size, f.mtime_ns)]
        return Inbox(files, inbox.waiting)


def digest(files: Sequence[InboxFile]) -> str:
    """The same for the same names, sizes and times: nothing has changed between two looks."""
    seen = "\n".join(f"{file.name}\0{file.size}\0{file.mtime_ns}" for file in files)
    return hashlib.sha256(seen.encode("utf-8", "surrogateescape")).hexdigest()[:16]
