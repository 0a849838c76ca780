"""``make bi``: the home's Superset, prepared as the repository says and served on loopback until Ctrl-C.

    python -m bi.serve [--port 8088]

What stands prepared is not prepared again: a digest of the bundle, the roles, the locked packages, what prepares them and
the administrator's password says so. It may be called while Superset is running: what changed is then written, and the
running server shows it at once.

Belongs here: when to prepare, and what the person who called is told. Does not belong here: how (``bi.server``).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import signal
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bi.bundle import bundle, chart_uuid, dashboard_uuid, dataset_uuid
from bi.security import roles
from bi.server import (
    REQUIREMENTS,
    SUPERSET,
    Instance,
    SupersetFailed,
    admin_password,
    answers,
    start,
    stop,
    tell,
)
from bi.source import Source, load_source
from orchestration.files import replace_bytes
from orchestration.home import Home

SLUG_PATH = "/superset/dashboard/{slug}/"


def main() -> int:
    arguments = argparse.ArgumentParser(description="Serves the dashboards with Superset on loopback.")
    arguments.add_argument("--port", type=int, default=8088)
    instance = Instance(Home.current(), arguments.parse_args().port)
    if not instance.home.warehouse.exists():
        print(f"还没有发布过:{instance.home.warehouse} 不存在,请先运行 make nightly", file=sys.stderr)
        return 1
    try:
        started = time.monotonic()
        prepared = prepare(instance)
        print(f"{'✓ 已准备' if prepared else '✓ 无需准备'} {time.monotonic() - started:.1f} 秒", flush=True)
        if answers(instance):
            print(f"Superset 已在 {instance.address} 运行")
            return 0
        started = time.monotonic()
        server = start(instance)
    except SupersetFailed as failed:
        print(f"✗ {failed}\n详情见 {instance.log}", file=sys.stderr)
        return 1
    print(f"✓ 已启动 {time.monotonic() - started:.1f} 秒")
    print(_greeting(instance), flush=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        stop(server)


def prepare(instance: Instance) -> bool:
    """Superset's own data as the repository says; false when they stood so already. Raises SupersetFailed."""
    source = load_source()
    content = bundle(instance.home.warehouse, source)
    password = admin_password(instance)
    granted = [
        {**asdict(role), "datasets": [str(dataset_uuid(name)) for name in role.datasets]}
        for role in roles(instance.home, source)
    ]
    digest = _digest(content, json.dumps(granted), password, *(path.read_bytes() for path in _PREPARED_BY))
    standing = _standing(instance)
    if standing.get("digest") == digest:
        return False
    packed = instance.folder / "bundle.zip"
    replace_bytes(packed, content)
    uuids = _uuids(source)
    tell(
        instance,
        "prepare",
        {
            "metadata": str(instance.metadata),
            "admin_password": password,
            "bundle": str(packed),
            "removed": [uuid for uuid in standing.get("uuids", []) if uuid not in uuids],
            "roles": granted,
        },
    )
    replace_bytes(_stamp(instance), json.dumps({"digest": digest, "uuids": uuids}, indent=1).encode())
    return True


_PREPARED_BY = (REQUIREMENTS, SUPERSET / "metadata.py")


def _digest(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part.encode() if isinstance(part, str) else part).digest())
    return digest.hexdigest()


def _uuids(source: Source) -> list[str]:
    """Everything that the bundle makes."""
    charts = [chart_uuid(dashboard, chart) for dashboard in source.dashboards for chart in dashboard.charts]
    found = [*map(dashboard_uuid, source.dashboards), *charts, *map(dataset_uuid, source.datasets)]
    return [str(uuid) for uuid in found]


def _stamp(instance: Instance) -> Path:
    return instance.folder / "prepared.json"


def _standing(instance: Instance) -> dict[str, Any]:
    stamp = _stamp(instance)
    whole = stamp.exists() and instance.metadata.exists()
    return json.loads(stamp.read_text(encoding="utf-8")) if whole else {}


def _greeting(instance: Instance) -> str:
    lines = [f"Superset  {instance.address}  用户 admin,密码见 {instance.folder / 'admin_password'}"]
    lines += [
        f"{dashboard.title}  {instance.address}{SLUG_PATH.format(slug=dashboard.slug)}"
        for dashboard in load_source().dashboards
    ]
    return "\n".join([*lines, "按 Ctrl-C 停止"])


if __name__ == "__main__":
    sys.exit(main())
