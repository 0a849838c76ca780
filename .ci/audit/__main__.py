"""`make audit`: known vulnerabilities of what is installed, and secrets in the repository and its history.

Ends with 0 when nothing is found that ``accepted.toml`` does not accept, and when the advisory service cannot be reached, which
is then said; with 1 for anything found, or when the service answers with an error.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from accepted import Accepted, read_accepted
from advisories import OSV, Unreachable, find_advisories, locked_packages
from leaks import find_leaks

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repository", type=Path, default=ROOT)
    parser.add_argument("--service", default=OSV, help="an OSV service (default: %(default)s)")
    parser.add_argument("--accepted", type=Path, default=Path(__file__).with_name("accepted.toml"))
    parser.add_argument("--everything", action="store_true", help="the whole history, not only what is new")
    given = parser.parse_args()
    accepted = read_accepted(given.accepted)
    found = advisories(given.repository, given.service, accepted)
    found += leaks(given.repository, accepted, everything=given.everything)
    return 1 if found else 0


def advisories(repository: Path, service: str, accepted: Accepted) -> int:
    """Says what the service knows of the locked packages; returns how many advisories nobody has accepted."""
    packages = locked_packages(repository)
    try:
        known = find_advisories(packages, service)
    except Unreachable as error:
        print(f"advisories: could not be asked: {service} cannot be reached from here ({error})")
        return 0
    new = [each for each in known if accepted.advisory(each.identifiers) is None]
    for each in new:
        print(f"advisories: {each.package} {each.version}: {each.identifiers[0]} {each.summary}")
    old = len(known) - len(new)
    print(f"advisories: {len(packages)} packages asked for, {len(new)} advisories, {old} accepted besides")
    return len(new)


def leaks(repository: Path, accepted: Accepted, *, everything: bool) -> int:
    """Says what looks like a secret; returns how many of them nobody has accepted."""
    scanned, found = find_leaks(repository, None if everything else accepted.scanned_to)
    new = [each for each in found if not accepted.secret(each.path, each.sha1)]
    for each in new:
        print(f"secrets: {each.path}:{each.line} in {each.where}: {each.kind} (sha1 {each.sha1})")
    print(
        f"secrets: {scanned} files looked through, {len(new)} found, {len(found) - len(new)} accepted besides"
    )
    return len(new)


if __name__ == "__main__":
    sys.exit(main())
