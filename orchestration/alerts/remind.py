"""Sending reminders: to the bureau's channels, and to each unit's office where ``contacts.csv`` names one.

What was sent is remembered as soon as it was: nobody is reminded twice on one occasion, and who could not be reached is tried the
next time. Belongs here: sending and remembering. Does not belong here: the words (``reminders``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.headerregistry import Address

from orchestration.alerts.alert import Message
from orchestration.alerts.channels import Channel, configured, mail_server
from orchestration.alerts.channels.failed import SendFailed
from orchestration.alerts.contacts import ContactsError, load_contacts
from orchestration.alerts.delivery import LIMITS, Limits, deliver
from orchestration.alerts.memory import folder, read_json, speaking, write_json
from orchestration.alerts.owing import Owed, owed, owed_of_new
from orchestration.alerts.reminders import STAGES, Reminder, of_night, of_request, to_bureau, to_unit
from orchestration.home import Home
from orchestration.periods import day_of
from orchestration.rulings import RulingError

UNSENT = "没有发出,下次再发"
_KEPT = timedelta(days=120)


@dataclass(slots=True)
class Reminded:
    """What was reminded of. ``channels``: the titles of those that there are; ``sent``: of those that were reached; ``mailed``:
    units by code; ``failed``: why something was not sent, in Chinese lines."""

    channels: list[str] = field(default_factory=list)
    reminders: list[Reminder] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    mailed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The same in Chinese lines; none where nothing was to be sent."""
        said = [f"催报已发:{'、'.join(self.sent)}"] if self.sent else []
        said += [f"催报邮件已发:{len(self.mailed)}个单位"] if self.mailed else []
        return [*said, *self.remarks, *(f"{UNSENT}:{why}" for why in self.failed)]


def remind_by_night(home: Home, now: datetime, limits: Limits = LIMITS) -> Reminded:
    """What a night reminds of: each unit once for a due day's stage."""
    today = day_of(now)
    return _remind(home, today, max(STAGES), lambda owing: of_night(owing, today), limits)


def remind_asked(
    home: Home, now: datetime, days: int, period: str | None, limits: Limits = LIMITS
) -> Reminded:
    """What somebody asked for: each unit once a day."""
    today = day_of(now)
    return _remind(home, today, days, lambda owing: of_request(owing, today, days, period), limits)


def reminders_asked(home: Home, now: datetime, days: int, period: str | None) -> list[Reminder]:
    """The same without sending. Raises RulingError."""
    today = day_of(now)
    return of_request(_owing(home, today, days), today, days, period)


def _owing(home: Home, today: date, days: int) -> list[Owed]:
    return [*owed(home), *owed_of_new(home, today, today + timedelta(days=days))]


def _remind(
    home: Home, today: date, days: int, choose: Callable[[Iterable[Owed]], list[Reminder]], limits: Limits
) -> Reminded:
    channels = configured()
    found = Reminded(channels=[channel.title for channel in channels])
    if not channels:
        return found
    try:
        found.reminders = choose(_owing(home, today, days))
    except RulingError as error:
        found.failed.append(str(error))
    if found.reminders:
        with speaking(home):
            memory = _Memory(home, today)
            _to_channels(found, channels, memory, today, limits)
            _to_units(found, home, memory, today, limits)
    return found


def _to_channels(
    found: Reminded, channels: Sequence[Channel], memory: _Memory, today: date, limits: Limits
) -> None:
    owing = {
        channel.name: [each for each in found.reminders if not memory.has(each, channel.name)]
        for channel in channels
    }
    messages = [
        (channel, to_bureau(owing[channel.name], today)) for channel in channels if owing[channel.name]
    ]
    for outcome in deliver(messages, limits):
        if outcome.sent:
            memory.add(owing[outcome.channel.name], outcome.channel.name)
            found.sent.append(outcome.channel.title)
        if outcome.why:
            noted = found.remarks if outcome.sent else found.failed
            noted.append(f"催报({outcome.channel.title}):{outcome.why}")


def _to_units(found: Reminded, home: Home, memory: _Memory, today: date, limits: Limits) -> None:
    """A letter to each unit with an address, over one connection. Whoever is left is written to the next time."""
    try:
        contacts = load_contacts(home)
        owing = [
            (reminder, one)
            for reminder in found.reminders
            for one in reminder.owing
            if one.unit.code in contacts and not memory.has(reminder, one.unit.code)
        ]
        if owing:
            with mail_server().session() as send:
                _write(
                    found,
                    owing,
                    contacts=contacts,
                    memory=memory,
                    today=today,
                    send=send,
                    until=time.monotonic() + limits.letters,
                )
    except (ContactsError, SendFailed) as failed:
        found.failed.append(f"催报(各单位邮件):{failed}")


def _write(
    found: Reminded,
    owing: Sequence[tuple[Reminder, Owed]],
    *,
    contacts: Mapping[str, tuple[Address, ...]],
    memory: _Memory,
    today: date,
    send: Callable[[Sequence[Address], Message], str],
    until: float,
) -> None:
    """Raises SendFailed where the server, and not a recipient, is the trouble."""
    for reminder, one in owing:
        if time.monotonic() > until:
            raise SendFailed("发送太慢,余下的单位下次再发")
        try:
            send(contacts[one.unit.code], to_unit(one, today))
        except SendFailed as failed:
            if not failed.of_recipient:
                raise
            found.failed.append(f"催报(邮件至{one.unit.name}):{failed}")
        else:
            memory.add([reminder], one.unit.code)
            found.mailed.append(one.unit.code)


class _Memory:
    """Who was reminded on which occasion: ``var/alerts/reminded.json``."""

    def __init__(self, home: Home, today: date):
        self._path = folder(home) / "reminded.json"
        self._today = today
        self._said: dict[str, dict[str, str]] = {
            key: to
            for key, to in read_json(self._path).items()
            if today - date.fromisoformat(max(to.values())) <= _KEPT
        }

    def has(self, reminder: Reminder, to: str) -> bool:
        return to in self._said.get(reminder.key, {})

    def add(self, reminders: Sequence[Reminder], to: str) -> None:
        for reminder in reminders:
            self._said.setdefault(reminder.key, {})[to] = self._today.isoformat()
        write_json(self._path, self._said)
