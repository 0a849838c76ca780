"""Pages of the report stage: one look, filled by Jinja with every text escaped, and no server or network behind them.

Belongs here: the frame that all pages share, and finding a page's template. Does not belong here: what a page says.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_REPORT = Path(__file__).parent.parent
ECHARTS = Path(__file__).parent / "echarts.min.js"  # how it is built: echarts.entry.js


def render(template: str, **values: Any) -> str:
    """The page of a template (``trace/trace.html.j2``, by its place in the report stage). An undefined value is an error."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_REPORT),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
