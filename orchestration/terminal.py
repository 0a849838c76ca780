"""The console of every command. What a sender wrote may hold what a terminal obeys (escape sequences) or what turns
text round (bidirectional marks): both are shown as what they are, an unreadable character.

Belongs here: that alone. Markup is avoided where text is put in: as ``Text``, never inside a marked-up string.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
from rich.segment import Segment

_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BREAKS = re.compile("[\t\n\u2028\u2029]")
_UNREADABLE = "\N{REPLACEMENT CHARACTER}"


def one_line(text: str) -> str:
    """A name as it can stand in a message, a list or a log: it ends no line and nothing obeys it."""
    return _BREAKS.sub(_UNREADABLE, _OBEYED.sub(_UNREADABLE, text))


def escaped(json_text: str) -> str:
    """JSON that says the same and holds nothing that a terminal obeys."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", json_text)


def terminal(*, stderr: bool = False) -> Console:
    """A console that shows text as it is and obeys none of it."""
    console = Console(highlight=False, stderr=stderr)
    console.push_render_hook(_AsText())
    return console


class _AsText(RenderHook):
    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Harmless(renderable) for renderable in renderables]


@dataclass(frozen=True, slots=True)
class _Harmless:
    renderable: ConsoleRenderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from _harmless(console.render(self.renderable, options))


def _harmless(segments: Iterator[Segment]) -> Iterator[Segment]:
    for segment in segments:
        if segment.control:
            yield segment  # rich's own
        else:
            yield Segment(_OBEYED.sub(_UNREADABLE, segment.text), segment.style)
