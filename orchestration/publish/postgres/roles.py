"""The logins by which people and tools read PostgreSQL: made, listed, dropped.

A login belongs to one of the groups of ``access``. A password never reaches the server, and so none of its logs: it is
given what it would make of it (RFC 5802). Belongs here: logins. Does not belong here: which rows they read (``access``).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.publish.postgres.access import CONTROL, COUNTY, GROUPS, READER
from orchestration.publish.postgres.address import Address, PostgresFailed
from orchestration.publish.postgres.load import prepare
from orchestration.publish.postgres.session import Session, connected
from orchestration.publish.postgres.tables import literal
from orchestration.publish.postgres.tables import name as quoted
from orchestration.units import ReportingUnits, Unit

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_ITERATIONS = 4096  # PostgreSQL's own

# A session left open in a transaction would keep the old tables in the way of the next swap.
_SETTINGS = (
    "search_path = marts, quality",
    "default_transaction_read_only = on",
    "idle_in_transaction_session_timeout = '60s'",
)


@dataclass(frozen=True, slots=True)
class Login:
    """A login of one of the groups. ``units`` is empty for one that reads everything."""

    name: str
    group: str
    units: tuple[str, ...]


def unit_login(units: ReportingUnits, unit: Unit) -> tuple[str, tuple[str, ...]]:
    """The name of a unit's login, and the units it reads: a county itself; a city itself and its counties.

    Raises ValueError for the province, which reads everything.
    """
    if unit.kind == "province":
        raise ValueError(f"{unit.name}可读全部,用 zhenxing postgres reader 建账号")
    below = [county.code for county in units.counties if county.city_code == unit.code]
    return f"{unit.kind}_{unit.code}", (unit.code, *below)


def new_password() -> str:
    return secrets.token_urlsafe(15)


def make_login(asked: Address, name: str, password: str, units: Sequence[str]) -> None:
    """Makes a login, or gives one of ours a new password and these units; without units it reads everything.

    Raises PostgresFailed, also where somebody else's login has the name, ValueError for a name or password unfit.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"账号名 {name!r} 只能用小写字母、数字和下划线,以字母开头")
    verifier = literal(_verifier(password))
    group = COUNTY if units else READER
    with connected(asked) as session:
        prepare(session)
        login = quoted(name)
        with session.transaction():
            if _exists(session, name):
                _ours(session, name, group)
                session.execute(f"alter role {login} with login password {verifier}")
            else:
                session.execute(f"create role {login} login password {verifier} in role {group}")
            for setting in _SETTINGS:
                session.execute(f"alter role {login} set {setting}")
            session.execute(f"delete from {CONTROL}.reader_units where role_name = {literal(name)}")
            for unit in units:
                session.execute(
                    f"insert into {CONTROL}.reader_units values ({literal(name)}, {literal(unit)})"
                )


def logins(asked: Address) -> list[Login]:
    """Every login of the groups, by name. Raises PostgresFailed."""
    with connected(asked) as session:
        prepare(session)
        units: dict[str, list[str]] = {}
        for name, unit in session.rows(
            f"select role_name, unit_code from {CONTROL}.reader_units order by 1, 2"
        ):
            units.setdefault(name, []).append(unit)
        return [Login(name, group, tuple(units.get(name, ()))) for name, group in session.rows(_MEMBERS)]


def drop_login(asked: Address, name: str) -> None:
    """Drops a login of ours. Raises PostgresFailed where it is none."""
    with connected(asked) as session:
        prepare(session)
        with session.transaction():
            _ours(session, name, *GROUPS)
            session.execute(f"drop role {quoted(name)}")
            session.execute(f"delete from {CONTROL}.reader_units where role_name = {literal(name)}")


def _exists(session: Session, name: str) -> bool:
    return bool(session.rows(f"select 1 from pg_roles where rolname = {literal(name)}"))


def _ours(session: Session, name: str, *groups: str) -> None:
    if not {(name, group) for group in groups} & set(session.rows(_MEMBERS)):
        raise PostgresFailed(f"{name} 不是本程序建的这类账号,不予改动")


def _verifier(password: str) -> str:
    """What PostgreSQL keeps of a password by SCRAM-SHA-256."""
    if not (password.isascii() and password.isprintable() and len(password) >= 8):
        raise ValueError("密码至少 8 个字符,只用 ASCII 可见字符")
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    said = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${_ITERATIONS}:{said[0]}${said[1]}:{said[2]}"


_MEMBERS = f"""
    select member.rolname, grouped.rolname
    from pg_auth_members
    join pg_roles as member on member.oid = pg_auth_members.member and member.rolcanlogin
    join pg_roles as grouped on grouped.oid = pg_auth_members.roleid
    where grouped.rolname in ({", ".join(map(literal, GROUPS))}) and member.rolname <> current_user
    order by 1, 2"""
