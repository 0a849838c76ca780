"""What a disk that is full, read-only or not ours to write has to say, in words for whoever must make room.

Such an error reaches a command as Python's OSError, as DuckDB's or Arrow's words, as SQLite's or SQLAlchemy's, or as the cause
of another error. Belongs here: recognising it. Does not belong here: catching it (``cli``) and what is undone (each stage).
"""

from __future__ import annotations

import errno
import re
import sqlite3
from collections.abc import Iterator

_DO = {
    errno.ENOSPC: ("磁盘已满", "请腾出空间后再运行一次"),
    errno.EDQUOT: ("磁盘配额已用完", "请腾出空间或提高配额后再运行一次"),
    errno.EFBIG: ("文件超过允许的大小", "请解除文件大小限制(ulimit -f)后再运行一次"),
    errno.EROFS: ("磁盘是只读的", "请检查磁盘并以可写方式挂载后再运行一次"),
    errno.EACCES: ("没有写入或读取权限", "请检查该文件(目录)的属主和权限后再运行一次"),
    errno.EPERM: ("没有写入或读取权限", "请检查该文件(目录)的属主和权限后再运行一次"),
    errno.EIO: ("磁盘读写出错", "请检查磁盘,必要时运行 zhenxing scrub 核对文件"),
}
# As the system's own words stand in the errors of DuckDB and Arrow.
_WORDS = {
    "no space left on device": errno.ENOSPC,
    "disk quota exceeded": errno.EDQUOT,
    "file too large": errno.EFBIG,
    "read-only file system": errno.EROFS,
    "permission denied": errno.EACCES,
    "input/output error": errno.EIO,
}
_SQLITE = {
    "database or disk is full": errno.ENOSPC,
    "attempt to write a readonly database": errno.EROFS,
    "unable to open database file": errno.EACCES,
    "disk i/o error": errno.EIO,
}
# Of an absolute path; the address of a page that explains an error is none.
_PATH = re.compile(r"""(?<![\w:/])/(?!/)[^"':\n]+""")


def said_of(error: BaseException) -> str | None:
    """What happened, to which file where that is known, and what to do; None of an error that is none of the disk's."""
    for each in _chain(error):
        number, file = _of(each)
        if number is not None:
            what, remedy = _DO[number]
            return f"{what}:{file or '数据目录'}。{remedy},已完成的部分不受影响。"
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and what it came of."""
    seen: set[int] = set()
    now: BaseException | None = error
    while now is not None and id(now) not in seen:
        seen.add(id(now))
        yield now
        now = now.__cause__ or now.__context__


def _of(error: BaseException) -> tuple[int | None, str | None]:
    if isinstance(error, OSError) and error.errno in _DO:
        return error.errno, str(error.filename2 or error.filename or "") or None
    text = str(error)
    known = {**_WORDS, **_SQLITE} if _of_sqlite(error) else _WORDS
    found = next((number for words, number in known.items() if words in text.lower()), None)
    path = _PATH.search(text)
    return found, path[0].strip() if found and path else None


def _of_sqlite(error: BaseException) -> bool:
    return isinstance(error, sqlite3.Error) or isinstance(getattr(error, "orig", None), sqlite3.Error)
