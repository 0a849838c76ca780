"""Superset in Debian's Chromium: logging in, opening a dashboard, waiting until every chart has drawn, what it then says.

Belongs here: how the tests see Superset's pages. Does not belong here: what they should say.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

# Tall, so that Superset, which draws what is in view only, draws the whole dashboard.
VIEW = {"width": 1440, "height": 5200}
_PATIENCE = 120_000  # milliseconds; a shared machine is slow at times
_HOLDERS = "[...document.querySelectorAll('.dashboard-component-chart-holder')].filter(h => !h.closest('.dashboard-markdown'))"
_DRAWN = f"""() => {_HOLDERS}.length > 0
    && !document.querySelector('[data-test="loading-indicator"], .loading')
    && {_HOLDERS}.every(holder => holder.querySelector('.slice_container, .ant-empty, [role="alert"]'))"""
_SAID = f"""() => Object.fromEntries({_HOLDERS}.map(holder => [
    holder.querySelector('[data-test="editable-title-input"], .header-title').innerText.trim(),
    holder.querySelector('.slice_container')?.innerText ?? '']))"""


@dataclass
class Visit:
    """A page and what went wrong on it: answers of 400 and more, errors that its scripts threw, hosts beside its own
    that it got something from."""

    page: Page
    address: str
    refused: list[str] = field(default_factory=list)
    thrown: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def log_in(self, user: str, password: str) -> None:
        self.page.goto(f"{self.address}/login/")
        self.page.fill("#username", user)
        self.page.fill("#password", password)
        self.page.click("button[type=submit], [data-test='login-button']")
        self.page.wait_for_url("**/superset/welcome/", timeout=_PATIENCE)

    def open_dashboard(self, slug: str) -> None:
        """Returns when every chart stands there, drawn or refused."""
        self.page.goto(f"{self.address}/superset/dashboard/{slug}/")
        self.page.wait_for_function(_DRAWN, timeout=_PATIENCE, polling=500)
        self.page.wait_for_timeout(500)
        self.page.wait_for_function(_DRAWN, timeout=_PATIENCE, polling=500)

    def errors(self) -> list[str]:
        """What charts and toasts say of errors."""
        alerts = self.page.locator("[role=alert], [data-test=toast-container] > *, .ant-alert-error")
        return [text for text in alerts.all_inner_texts() if text.strip()]

    def offered(self) -> list[str]:
        """Everything that the filters offer."""
        offered = []
        open_list = ".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option"
        for choice in self.page.locator("input[id^=NATIVE_FILTER]").all():
            choice.click(force=True)  # a chosen value lies over it
            self.page.locator(open_list).first.wait_for()
            offered += self.page.locator(open_list).all_inner_texts()
            self.page.keyboard.press("Escape")
            self.page.locator(open_list).first.wait_for(state="hidden")
        return offered

    def charts(self) -> dict[str, str]:
        """The words in each chart, by its title."""
        return self.page.evaluate(_SAID)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        yield browser
        browser.close()


def visit(browser: Browser, address: str, **view: int) -> Visit:
    """A page of a browser that has never been here."""
    page = browser.new_page(viewport={**VIEW, **view}, locale="zh-CN")
    seen = Visit(page, address)
    own = urlsplit(address).netloc

    def answered(response) -> None:
        if response.status >= 400:
            seen.refused.append(f"{response.status} {response.url}")
        if urlsplit(response.url).netloc not in (own, ""):
            seen.elsewhere.append(response.url)

    page.on("response", answered)
    page.on("pageerror", lambda error: seen.thrown.append(str(error)))
    return seen
