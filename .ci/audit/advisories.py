"""Known vulnerabilities of the packages that uv.lock and Superset's requirements name, asked of OSV (https://osv.dev), which
gathers PyPI's and GitHub's advisories: all packages in one request.

``uv audit`` asks the same service but knows uv.lock alone, is experimental, and does not tell a network that is not there from
an answer that is wrong.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

OSV = "https://api.osv.dev"
_REQUIREMENTS = "bi/superset/requirements.txt"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.MULTILINE)
_SECONDS = 30
_AT_ONCE = 500  # OSV takes a thousand


class Unreachable(Exception):
    """The service is not to be had over this network."""


@dataclass(frozen=True, slots=True)
class Advisory:
    """``identifiers``: its own and its aliases (CVE, GHSA, PYSEC)."""

    package: str
    version: str
    identifiers: tuple[str, ...]
    summary: str


def locked_packages(repository: Path) -> list[tuple[str, str]]:
    """Name and version of every package, in order, without the project itself."""
    locked = tomllib.loads((repository / "uv.lock").read_text(encoding="utf-8"))["package"]
    packages = {(each["name"], each["version"]) for each in locked if "registry" in each["source"]}
    requirements = repository / _REQUIREMENTS
    if requirements.exists():
        packages |= set(_PINNED.findall(requirements.read_text(encoding="utf-8")))
    return sorted(packages)


def find_advisories(packages: list[tuple[str, str]], service: str) -> list[Advisory]:
    """What the service knows of these packages. Raises Unreachable, HTTPError."""
    found = []
    for first in range(0, len(packages), _AT_ONCE):
        part = packages[first : first + _AT_ONCE]
        queries = [
            {"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in part
        ]
        results = _ask(f"{service}/v1/querybatch", {"queries": queries})["results"]
        for (name, version), result in zip(part, results, strict=True):
            found += [_advisory(service, name, version, each["id"]) for each in result.get("vulns", ())]
    return [each for each in found if each is not None]


def _advisory(service: str, name: str, version: str, identifier: str) -> Advisory | None:
    """An advisory in full; None for one that was withdrawn."""
    told = _ask(f"{service}/v1/vulns/{identifier}")
    if told.get("withdrawn"):
        return None
    return Advisory(name, version, (identifier, *told.get("aliases", ())), told.get("summary", ""))


def _ask(url: str, question: dict | None = None) -> dict:
    body = None if question is None else json.dumps(question).encode()
    request = Request(url, body, {"Content-Type": "application/json"})
    try:
        with urlopen(request, timeout=_SECONDS) as answer:
            return json.load(answer)
    except HTTPError as error:
        if error.code == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            raise Unreachable(str(error)) from error
        raise
    except (URLError, TimeoutError) as error:
        raise Unreachable(str(getattr(error, "reason", error))) from error
