"""A message as text for a mail, as DingTalk's markdown and as WeCom's.

Both robots know a part of markdown only. DingTalk joins lines that one line break parts, so its lines stand apart, and
takes 20,000 bytes in all; WeCom shows line breaks as they are, knows three colours, and takes 4,096 bytes. A message too
long loses lines at its end, never its title or where to look, and says how many.

Belongs here: form. Does not belong here: what is said (``digest``, ``reminders``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from orchestration.alerts.alert import Block, Entry, Message

WECOM_BYTES = 4096
DINGTALK_BYTES = 18_000  # of the 20,000 that its whole request may have

# What markdown would obey, in its full width.
_PLAIN = str.maketrans(
    {"*": "＊", "[": "［", "]": "］", "<": "＜", ">": "＞", "`": "｀", "#": "＃", "\n": " ", "\r": " "}
)


def as_text(message: Message) -> str:
    """The whole message in plain lines."""
    lines = [message.lead]
    for block in message.blocks:
        lines += ["", f"【{block.heading}】"] if block.heading else [""]
        for mark, entry in _marked(block):
            lines += [f"{mark}{entry.title}", *(f"   {line}" for line in entry.lines)]
    if message.footer:
        lines += ["", *message.footer]
    return "\n".join(lines) + "\n"


def as_dingtalk(message: Message) -> str:
    lines = [f"### {_plain(message.title)}", _plain(message.lead)]
    for block in message.blocks:
        lines += [f"**{_plain(block.heading)}**"] if block.heading else []
        for mark, entry in _marked(block):
            lines += [f"{mark}{_plain(entry.title)}", *(f"> {_plain(line)}" for line in entry.lines)]
    return _fit(lines, [_plain(line) for line in message.footer], "\n\n", DINGTALK_BYTES)


def as_wecom(message: Message) -> str:
    lines = [f"### {_plain(message.title)}", _plain(message.lead)]
    for block in message.blocks:
        if block.heading:
            lines.append(f'<font color="{block.tone}">**{_plain(block.heading)}**</font>')
        for mark, entry in _marked(block):
            lines += [f"{mark}{_plain(entry.title)}", *(f"> {_plain(line)}" for line in entry.lines)]
    return _fit(lines, [_plain(line) for line in message.footer], "\n", WECOM_BYTES)


def _marked(block: Block) -> Iterator[tuple[str, Entry]]:
    for number, entry in enumerate(block.entries, 1):
        yield (f"{number}. " if block.numbered else "· "), entry


def _plain(text: str) -> str:
    return text.translate(_PLAIN)


def _fit(lines: Sequence[str], footer: Sequence[str], between: str, limit: int) -> str:
    """As many of the lines as the limit of bytes has room for, and the footer."""

    def text(shown: int) -> str:
        left = [] if shown == len(lines) else [f"(篇幅所限,余下{len(lines) - shown}行略)"]
        return between.join([*lines[:shown], *left, *footer])

    fitting = _largest(len(lines), lambda shown: len(text(shown).encode()) <= limit)
    return text(fitting) if fitting else text(0).encode()[:limit].decode(errors="ignore")


def _largest(upper: int, holds: Callable[[int], bool]) -> int:
    """The largest number up to ``upper`` for which it holds; 0 without one."""
    return next((number for number in range(upper, 0, -1) if holds(number)), 0)
