"""``make deploy-check`` finds what is wrong: each of its tools, shown a file with one mistake in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy import check, nginx_here


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """deploy/ as a copy, which the checks look at."""
    folder = tmp_path / "deploy"
    shutil.copytree(check.DEPLOY, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for module, name, value in (
        (check, "DEPLOY", folder),
        (check, "UNITS", folder / "systemd"),
        (nginx_here, "DEPLOY", folder),
    ):
        monkeypatch.setattr(module, name, value)
    return folder


def _said(asked: Callable) -> str:
    return "\n".join(check._said(asked))


@pytest.mark.parametrize(
    ("asked", "file", "before", "after", "said"),
    [
        (check.units, "systemd/zhenxing-daemon.service", "Restart=always", "Restart=sometimes", "sometimes"),
        (
            check.units,
            "systemd/zhenxing-daemon.service",
            "TimeoutStopSec",
            "TimeoutStopsSec",
            "TimeoutStopsSec",
        ),
        (check.units, "systemd/zhenxing-scrub.timer", "Sun *-*-* 12:00:00", "Sunday noon", "calendar"),
        (
            check.hardening,
            "systemd/zhenxing-.service.d/hardening.conf",
            "ProtectSystem=strict",
            "",
            "exposure",
        ),
        (
            check.programs,
            "systemd/zhenxing-daemon.service",
            "dagster-daemon",
            "dagster-demon",
            "dagster-demon",
        ),
        (check.sysusers, "systemd/tmpfiles.conf", "archive 0700", "archive 0755", "owner alone"),
        (check.shell, "systemd/zhenxing", "set +a", "if set +a", "exited"),
        (check.container, "compose/Containerfile", "WORKDIR /opt", "WORKDIR opt", "DL3000"),
        (check.container, "compose/Containerfile", "3.11-slim-bookworm AS base", "latest AS base", "DL3007"),
        (
            check.compose,
            "compose/compose.yaml",
            "condition: service_healthy",
            "condition: service_well",
            "condition",
        ),
        (check.compose, "compose/compose.yaml", "secrets: [dagster_postgres]", "secrets: [other]", "other"),
        (check.proxy, "nginx/zhenxing.conf", "proxy_pass ", "proxy_pas ", "proxy_pas"),
    ],
)
def test_a_mistake_is_found(copied: Path, asked: Callable, *, file: str, before: str, after: str, said: str):
    assert _said(asked) == ""
    path = copied / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    assert said in _said(asked)


def test_a_tool_that_is_missing_is_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys):
    monkeypatch.setattr(check, "LINTERS", tmp_path)
    assert "not to be found" in _said(check.container)
    monkeypatch.setattr(check, "CHECKS", (check.container,))
    assert check.main() == 1
    assert "✗" in capsys.readouterr().out
