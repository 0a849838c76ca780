"""Makes a county's, a city's or the bureau's user, who sees its own rows on the dashboards, changes nothing and sees nothing else.

    python -m bi.users --unit 610122 [--name USER]

The password is made here and printed once; asked again for the same user, a new one takes its place. Superset may be running.

Belongs here: a reader for a unit. Does not belong here: which rows a unit sees (``superset/security.yml``).
"""

from __future__ import annotations

import argparse
import secrets
import sys
from dataclasses import dataclass

from bi.security import roles
from bi.server import Instance, SupersetFailed, tell
from orchestration.home import Home
from orchestration.units import ReportingUnits


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom Superset lets in, and as whom."""

    user: str
    role: str
    password: str


class UnknownUnit(Exception):
    """No unit of the home's list."""


def main() -> int:
    arguments = argparse.ArgumentParser(
        description="Makes a user of the dashboards for a county, a city or the bureau."
    )
    arguments.add_argument("--unit", required=True, help="code or name: 610122, 蓝田县")
    arguments.add_argument("--name", help="the user's name; the unit's code when it is not given")
    chosen = arguments.parse_args()
    instance = Instance(Home.current())
    if not instance.metadata.exists():
        print("Superset 尚未准备,请先运行 make bi", file=sys.stderr)
        return 1
    try:
        reader = make_reader(instance, chosen.unit, chosen.name)
    except UnknownUnit:
        print(f"没有这个单位:{chosen.unit}", file=sys.stderr)
        return 1
    except SupersetFailed as failed:
        print(f"✗ {failed}\n详情见 {instance.log}", file=sys.stderr)
        return 1
    print(f"用户 {reader.user}  角色 {reader.role}  密码 {reader.password}(只显示这一次)")
    return 0


def make_reader(instance: Instance, unit: str, name: str | None = None) -> Reader:
    """A user of the unit's role, with a new password. Raises UnknownUnit, or SupersetFailed."""
    units = ReportingUnits(instance.home.units_csv)
    found = units.by_code(unit) or units.by_name(unit)
    role = next((role for role in roles(instance.home) if found and role.unit_code == found.code), None)
    if found is None or role is None:
        raise UnknownUnit(unit)
    reader = Reader(name or found.code, role.name, secrets.token_urlsafe(12))
    order = {"username": reader.user, "name": found.name, "role": role.name, "password": reader.password}
    tell(instance, "user", order)
    return reader


if __name__ == "__main__":
    sys.exit(main())
