"""Sending reminders: to the bureau's channels, and to each unit's office where ``contacts.csv`` names one.

What was sent is remembered as soon as it was: nobody is reminded twice on one occasion, and who could not be reached is tried the
next time. Belongs here: sending and remembering. Does not belong here: the words (``reminders``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from orchestration.alerts.channels import Channel, configured, mail
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

    def lines(self) -> list[str]:
        """The same in Chinese lines; none where nothing was to be sent."""
        said = [f"催报已发:{'、'.join(self.sent)}"] if self.sent else []
        said += [f"催报邮件已发:{len(self.mailed)}个单位"] if self.mailed else []
        return [*said, *(f"{UNSENT}:{why}" for why in self.failed)]


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
            _to_units(found, home, memory, today)
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
            found.failed.append(f"催报({outcome.channel.title}):{outcome.why}")


def _to_units(found: Reminded, home: Home, memory: _Memory, today: date) -> None:
    """A letter to each unit with an address. A server that fails is not asked again for the others."""
    try:
        contacts = load_contacts(home)
        server = mail() if contacts else None
    except (ContactsError, SendFailed) as failed:
        found.failed.append(f"催报(各单位邮件):{failed}")
        return
    for reminder in found.reminders if server else ():
        for one in reminder.owing:
            if one.unit.code not in contacts or memory.has(reminder, one.unit.code):
                continue
            try:
                server.send_to(contacts[one.unit.code], to_unit(one, today))
            except SendFailed as failed:
                found.failed.append(f"催报(邮件至{one.unit.name}):{failed}")
                if failed.again or not failed.of_recipient:
                    return
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
