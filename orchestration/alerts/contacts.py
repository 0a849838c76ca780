"""Where a unit's reminders go: ``contacts.csv`` in the home, ``unit_code,email``, one line for each address of an office.

Belongs here: reading it. Does not belong here: what is mailed. An address that cannot be used, or a unit that there is none of,
is refused with its line: it would be missed in silence.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from email.headerregistry import Address

from orchestration.alerts.channels.failed import SendFailed
from orchestration.alerts.channels.mail import address_of
from orchestration.home import Home
from orchestration.units import ReportingUnits

COLUMNS = ("unit_code", "email")


class ContactsError(Exception):
    """A line that cannot be understood. The message names the file and the line, in Chinese, and no address."""


def load_contacts(home: Home) -> dict[str, tuple[Address, ...]]:
    """The addresses of each unit that has any, by its code in force. Without the file: none. Raises ContactsError."""
    if not home.contacts_csv.exists():
        return {}
    name = home.contacts_csv.name
    try:
        text = home.contacts_csv.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContactsError(f"{name}:不是 UTF-8 编码,请另存为“CSV UTF-8(逗号分隔)”") from error
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if missing := set(COLUMNS).difference(rows.fieldnames or ()):
        raise ContactsError(f"{name} 第 1 行:缺少列 {'、'.join(sorted(missing))}")
    units = ReportingUnits(home.units_csv)
    found: dict[str, list[Address]] = defaultdict(list)
    for row in rows:
        cells = [(row[column] or "").strip() for column in COLUMNS]
        if any(cells):
            code, address = _line(*cells, units, f"{name} 第 {rows.line_num} 行")
            found[code].append(address)
    return {code: tuple(addresses) for code, addresses in found.items()}


def _line(code: str, email: str, units: ReportingUnits, place: str) -> tuple[str, Address]:
    unit = units.by_code(code)
    if unit is None or unit.kind == "city":
        raise ContactsError(f"{place}:unit_code 不是报送单位的代码")
    try:
        return unit.code, address_of("", email)
    except SendFailed as failed:
        raise ContactsError(f"{place}:email 不是有效的邮箱地址") from failed
