"""Superset's API as a logged-in reader uses it, without a browser: one session each.

Belongs here: logging in, asking. Does not belong here: what the answers should be.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import quote

_SECONDS = 120


@dataclass
class Session:
    """A reader's session: token, cookies."""

    address: str
    token: str = ""
    csrf: str = ""
    opener: urllib.request.OpenerDirector = field(
        default_factory=lambda: urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        )
    )

    def log_in(self, user: str, password: str) -> Session:
        said = {"username": user, "password": password, "provider": "db", "refresh": False}
        status, answer = self.post("/api/v1/security/login", said)
        assert status == 200, answer
        self.token = answer["access_token"]
        _, answer = self.get("/api/v1/security/csrf_token/")
        self.csrf = answer["result"]
        return self

    def get(self, path: str) -> tuple[int, Any]:
        return self._ask(urllib.request.Request(self.address + path))

    def post(self, path: str, said: dict[str, Any]) -> tuple[int, Any]:
        request = urllib.request.Request(self.address + path, data=json.dumps(said).encode())
        request.add_header("Content-Type", "application/json")
        return self._ask(request)

    def dataset(self, name: str) -> int:
        """Superset's number of a dataset."""
        wanted = quote(json.dumps({"filters": [{"col": "table_name", "opr": "eq", "value": name}]}))
        status, answer = self.get(f"/api/v1/dataset/?q={wanted}")
        assert status == 200, answer
        assert answer["count"] == 1, answer
        return answer["result"][0]["id"]

    def rows(self, dataset: int, **query: Any) -> list[dict[str, Any]]:
        """What a chart on the dataset gets: ``columns``, ``metrics``, ``filters``, ``extras``."""
        status, answer = self.ask_chart(dataset, **query)
        assert status == 200, answer
        return answer["result"][0]["data"]

    def ask_chart(self, dataset: int, **query: Any) -> tuple[int, Any]:
        asked = {"columns": [], "metrics": [], "filters": [], "row_limit": 10_000, "orderby": [], **query}
        said = {"datasource": {"id": dataset, "type": "table"}, "queries": [asked], "result_format": "json"}
        return self.post("/api/v1/chart/data", {**said, "result_type": "full", "force": True})

    def _ask(self, request: urllib.request.Request) -> tuple[int, Any]:
        request.add_header("Accept", "application/json")
        request.add_header("Referer", self.address)
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        if self.csrf:
            request.add_header("X-CSRFToken", self.csrf)
        try:
            with self.opener.open(request, timeout=_SECONDS) as answer:
                return answer.status, _read(answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, _read(refused.read())


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")
