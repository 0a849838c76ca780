"""A receipt as one HTML page. Belongs here: filling the template beside this module; every text is escaped by Jinja."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from orchestration.audit.receipts.receipt import Receipt
from orchestration.periods import minute_of
from orchestration.ranges import phrase
from orchestration.words import SEVERITY

PLACES_SHOWN = 30


def render_page(receipt: Receipt, returned: str | None) -> str:
    """The page; ``returned`` is the name of the marked workbook beside it, if there is one."""
    received = receipt.received_at
    return _template().render(
        receipt=receipt,
        returned=returned,
        received=minute_of(received) if received else None,
        severity=SEVERITY,
        phrase=phrase,
        shown=PLACES_SHOWN,
    )


@cache
def _template() -> Template:
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("receipt.html.j2")
