"""What looks like a key or a password: in the tracked files as they lie here, and in every version of one that the history has.

detect-secrets recognises them. A version that was looked through once need not be again: content does not change under its
name. Left out is what holds digests by the thousand: locks, pictures, data; and passwords in tests, which start servers of
their own. What has the form of somebody's key is found there too.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from detect_secrets.core.scan import scan_file
from detect_secrets.settings import default_settings

_LEFT_OUT = re.compile(
    r"(^|/)(uv\.lock|requirements\.txt|accepted\.toml)$|\.(png|csv|parquet|xlsx?|xlsm|et|docx|js\.map)$"
)
_TESTS = re.compile(r"(^|/)tests/")
_PASSWORDS = ("Secret Keyword", "Basic Auth Credentials")
_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Leak:
    """``where``: the version of a file that has it, or the work tree. ``sha1``: of what was found, never itself."""

    path: str
    line: int
    kind: str
    sha1: str
    where: str


def find_leaks(repository: Path, scanned_to: str | None) -> tuple[int, list[Leak]]:
    """How many files were looked through, and what was found: in the work tree, and in versions that are not in the history of
    ``scanned_to``, one of each secret of a path. A commit that is not here any more leaves nothing out."""
    with tempfile.TemporaryDirectory() as folder:
        versions = list(_versions(repository, scanned_to, Path(folder)))
        versions += [(repository / path, path, "the work tree") for path in _changed(repository)]
        found: dict[tuple[str, str], Leak] = {}
        with ProcessPoolExecutor(_AT_ONCE) as pool:
            for leaks in pool.map(_scan, versions, chunksize=20):
                for leak in leaks:
                    found.setdefault((leak.path, leak.sha1), leak)
    return len(versions), sorted(found.values(), key=lambda leak: (leak.path, leak.line))


def _scan(version: tuple[Path, str, str]) -> list[Leak]:
    file, path, where = version
    with default_settings():
        secrets = list(scan_file(str(file)))
    return [
        Leak(path, each.line_number, each.type, each.secret_hash, where)
        for each in secrets
        if not (each.type in _PASSWORDS and _TESTS.search(path))
    ]


def _versions(repository: Path, scanned_to: str | None, folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Writes every version of a file in the history into a folder of its own, under the name it has."""
    known = [f"^{scanned_to}"] if scanned_to and _has(repository, scanned_to) else []
    listed = _git(repository, "rev-list", "--objects", "--all", *known).decode().splitlines()
    names = dict(line.split(" ", 1) for line in listed if " " in line)
    wanted = {blob: path for blob, path in names.items() if not _LEFT_OUT.search(path)}
    for blob, content in _contents(repository, list(wanted)):
        file = folder / blob / Path(wanted[blob]).name
        file.parent.mkdir()
        file.write_bytes(content)
        yield file, wanted[blob], blob[:12]


def _contents(repository: Path, objects: list[str]) -> Iterator[tuple[str, bytes]]:
    """The blobs among these objects."""
    asked = "".join(f"{name}\n" for name in objects).encode()
    answer = _git(repository, "cat-file", "--batch", given=asked)
    at = 0
    while at < len(answer):
        head, _, _ = answer[at : at + 200].partition(b"\n")
        name, kind, size = head.decode().split(" ")
        start = at + len(head) + 1
        if kind == "blob":
            yield name, answer[start : start + int(size)]
        at = start + int(size) + 1


def _changed(repository: Path) -> list[str]:
    """Tracked files that are not as they were committed last."""
    listed = _git(repository, "diff", "--name-only", "-z", "--diff-filter=d", "HEAD").decode().split("\0")
    return [path for path in listed if path and not _LEFT_OUT.search(path)]


def _has(repository: Path, commit: str) -> bool:
    asked = ["git", "-C", str(repository), "cat-file", "-e", f"{commit}^{{commit}}"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def _git(repository: Path, *arguments: str, given: bytes | None = None) -> bytes:
    done = subprocess.run(
        ["git", "-C", str(repository), *arguments], input=given, capture_output=True, check=True
    )
    return done.stdout
