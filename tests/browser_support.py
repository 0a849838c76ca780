"""Chromium without a screen: a page as the browser understands it, and what a script of the test measures on it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=3000",
)


def open_page(page: Path, folder: Path, *, width: int = 1200, script: str = "") -> str:
    """The page's DOM after loading, with a script of the test run at its end. ``folder`` is the browser's own."""
    opened = folder / f"{page.stem}_{width}.html"
    text = page.read_text(encoding="utf-8")
    opened.write_text(text.replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8")
    return _chromium(folder, "--dump-dom", f"--window-size={width},900", opened.as_uri())


def _chromium(folder: Path, *arguments: str) -> str:
    profile = folder / "profile"
    done = subprocess.run(
        ["chromium", *_FLAGS, f"--user-data-dir={profile}", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@dataclass
class Seen:
    """What a browser said while it was used: console messages, errors of scripts, and every address it asked for."""

    messages: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def browser() -> Iterator[Browser]:
    """The installed Chromium, driven as a reader would: clicked, typed in, printed."""
    with sync_playwright() as driver:
        opened = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield opened
        finally:
            opened.close()


def watched(page: Page) -> Seen:
    """Everything that happens in a page from now on."""
    seen = Seen()
    page.on("console", lambda message: seen.messages.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("request", lambda request: seen.requests.append(request.url))
    return seen
