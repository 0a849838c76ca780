"""One message to each of several channels at once, with tries and an end: a channel that hangs keeps nobody waiting.

Belongs here: trying, and for how long. Does not belong here: what is sent and remembered.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestration.alerts.alert import Message
from orchestration.alerts.channels import Channel
from orchestration.alerts.channels.failed import SendFailed


@dataclass(frozen=True, slots=True)
class Limits:
    """``pauses``: seconds before each further try; ``seconds``: for a channel in all; ``letters``: seconds after which no
    further unit is written to."""

    pauses: tuple[float, ...] = (1.0, 3.0)
    seconds: float = 40.0
    letters: float = 120.0


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message on a channel; ``why`` it was not sent, or what is to be remarked, in Chinese."""

    channel: Channel
    sent: bool
    why: str = ""


def deliver(messages: Sequence[tuple[Channel, Message]], limits: Limits = LIMITS) -> Iterator[Outcome]:
    """The outcome of each channel as soon as it is known. One that has not ended in time is given up; should it arrive
    after all, the same is said once more later."""
    ended: queue.Queue[Outcome] = queue.Queue()
    waiting = {channel.name: channel for channel, _ in messages}
    for channel, message in messages:
        threading.Thread(
            target=lambda channel=channel, message=message: ended.put(_tried(channel, message, limits)),
            daemon=True,  # one that hangs does not keep the process
        ).start()
    until = time.monotonic() + limits.seconds
    while waiting:
        try:
            outcome = ended.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            break
        del waiting[outcome.channel.name]
        yield outcome
    for channel in waiting.values():
        yield Outcome(channel, False, f"{limits.seconds:.0f}秒内没有发完")


def _tried(channel: Channel, message: Message, limits: Limits) -> Outcome:
    for pause in (*limits.pauses, None):
        try:
            return Outcome(channel, True, channel.send(message))
        except SendFailed as failed:
            if pause is None or not failed.again:
                return Outcome(channel, False, str(failed))
        except Exception as error:  # a channel's own trouble is no other's
            return Outcome(channel, False, f"程序出错({type(error).__name__})")
        time.sleep(pause)
    raise AssertionError("the last try returns")
