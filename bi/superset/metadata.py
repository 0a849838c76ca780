"""Writes Superset's own data: schema, administrator, dashboards, roles with their rows, users. Run in Superset's environment.

    python metadata.py prepare|user < order.json

One process does all of an order, because starting Superset costs more than the work. The order's fields are those of
``bi.server``; the answer is one line of JSON.

Belongs here: what goes through Superset's own commands. Does not belong here: what the dashboards and roles are.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import flask_migrate
from superset.app import create_app

ADMIN = "admin"
# What a reader may not do although Superset's Gamma may: change or make charts and dashboards, and look into a
# dataset by expressions of his own.
READERS_MAY_NOT = {
    ("can_write", "Chart"),
    ("can_write", "Dashboard"),
    ("can_write", "Explore"),
    ("can_write", "ExploreFormDataRestApi"),
    ("can_write", "ExplorePermalinkRestApi"),
    ("can_write", "Tag"),
    ("can_explore", "Superset"),
    ("can_read", "Explore"),
    ("can_set_embedded", "Dashboard"),
    ("can_write", "Annotation"),
    ("can_write", "CssTemplate"),
    ("can_samples", "Datasource"),
    ("can_external_metadata", "Datasource"),
    ("can_external_metadata_by_name", "Datasource"),
}


def main() -> None:
    order = json.load(sys.stdin)
    work = {"prepare": prepare, "user": add_user}[sys.argv[1]]
    with create_app().app_context():
        answer = work(order)
    print(json.dumps(answer, ensure_ascii=False))


def prepare(order: dict[str, Any]) -> dict[str, Any]:
    """``metadata`` (SQLite file), ``admin_password``, ``bundle`` (ZIP), ``removed`` (uuids), ``roles``."""
    from superset import appbuilder, security_manager  # noqa: PLC0415 (bound to the application)
    from superset.utils.core import override_user  # noqa: PLC0415

    _write_ahead(Path(order["metadata"]))
    flask_migrate.upgrade()
    appbuilder.add_permissions(update_perms=True)
    security_manager.sync_role_definitions()
    _set_admin(order["admin_password"])
    with override_user(security_manager.find_user(ADMIN)):
        _import(Path(order["bundle"]))
        _remove(order["removed"])
        for role in order["roles"]:
            _write_role(role)
    return {"roles": len(order["roles"])}


def add_user(order: dict[str, Any]) -> dict[str, Any]:
    """``username``, ``name``, ``role`` and ``password``; an existing user gets the role and the password."""
    from superset import db, security_manager  # noqa: PLC0415

    role = security_manager.find_role(order["role"])
    user = security_manager.find_user(order["username"])
    if user:
        user.roles = [role]
        security_manager.reset_password(user.id, order["password"])
    else:
        security_manager.add_user(
            order["username"],
            order["name"],
            order["role"],
            f"{order['username']}@localhost",
            role,
            password=order["password"],
        )
    db.session.commit()
    return {"username": order["username"], "new": user is None}


def _write_ahead(metadata: Path) -> None:
    """Readers of Superset's data do not wait for its writers. The mode stays in the file."""
    with closing(sqlite3.connect(metadata)) as connection:
        connection.execute("pragma journal_mode = wal")


def _set_admin(password: str) -> None:
    from superset import db, security_manager  # noqa: PLC0415

    user = security_manager.find_user(ADMIN)
    if user is None:
        role = security_manager.find_role("Admin")
        security_manager.add_user(ADMIN, "管理员", "", f"{ADMIN}@localhost", role, password=password)
    else:
        security_manager.reset_password(user.id, password)
    db.session.commit()


def _import(bundle: Path) -> None:
    """Overwrites what stands: Superset's import of dashboards would leave charts and datasets that exist as they are."""
    from superset.commands.importers.v1.assets import ImportAssetsCommand  # noqa: PLC0415
    from superset.commands.importers.v1.utils import get_contents_from_bundle  # noqa: PLC0415

    with ZipFile(bundle) as archive:
        contents = get_contents_from_bundle(archive)
    contents["metadata.yaml"] = contents["metadata.yaml"].replace("type: Dashboard", "type: assets")
    ImportAssetsCommand(contents).run()


def _remove(uuids: list[str]) -> None:
    """What an earlier bundle had and this one has not: dashboards first, then charts, then datasets."""
    from superset import db  # noqa: PLC0415
    from superset.connectors.sqla.models import SqlaTable  # noqa: PLC0415
    from superset.models.dashboard import Dashboard  # noqa: PLC0415
    from superset.models.slice import Slice  # noqa: PLC0415

    for model in (Dashboard, Slice, SqlaTable):
        for uuid in uuids:
            if found := db.session.query(model).filter_by(uuid=uuid).one_or_none():
                db.session.delete(found)
    db.session.commit()


def _write_role(role: dict[str, Any]) -> None:
    """``name``, ``clause`` and ``datasets`` (uuids): a reader of these datasets who sees the rows of the clause only."""
    from superset import db, security_manager  # noqa: PLC0415
    from superset.connectors.sqla.models import RowLevelSecurityFilter, SqlaTable  # noqa: PLC0415

    tables = [db.session.query(SqlaTable).filter_by(uuid=uuid).one() for uuid in role["datasets"]]
    written = security_manager.find_role(role["name"]) or security_manager.add_role(role["name"])
    allowed = [
        permission
        for permission in security_manager.find_role("Gamma").permissions
        if (permission.permission.name, permission.view_menu.name) not in READERS_MAY_NOT
    ]
    access = [security_manager.add_permission_view_menu("datasource_access", table.perm) for table in tables]
    written.permissions = [*allowed, *access]
    rule = db.session.query(RowLevelSecurityFilter).filter_by(name=role["name"]).one_or_none()
    if rule is None:
        rule = RowLevelSecurityFilter(name=role["name"], filter_type="Regular")
        db.session.add(rule)
    rule.clause, rule.roles, rule.tables = role["clause"], [written], tables
    db.session.commit()


if __name__ == "__main__":
    main()
