"""One home's Superset: its folder, its secrets, what it is told, its process. Nothing of Superset is imported.

Superset lies in an environment of its own; everything here reaches it as a subprocess of that environment. All it writes
lies under ``var/bi``: users and dashboards (``superset.db``), keys, logs, links to the published file.

Belongs here: preparing, starting and stopping Superset. Does not belong here: what it shows (``bi.bundle``), who sees
what (``bi.security``), what is done inside it (``superset/metadata.py``).
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.home import PROJECT_ROOT, Home

ENVIRONMENT = PROJECT_ROOT / ".venv-bi"
PASSWORD_VARIABLE = "ZHENXING_BI_ADMIN_PASSWORD"
SUPERSET = Path(__file__).resolve().parent / "superset"
REQUIREMENTS = SUPERSET / "requirements.txt"
_START_SECONDS = 180
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


class SupersetFailed(Exception):
    """What it said on its way down."""


@dataclass(frozen=True, slots=True)
class Instance:
    """The Superset of a home. ``port`` is on loopback."""

    home: Home
    port: int = 8088

    @property
    def folder(self) -> Path:
        return self.home.root / "var" / "bi"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def metadata(self) -> Path:
        """Superset's users, roles, dashboards."""
        return self.folder / "superset.db"

    @property
    def log(self) -> Path:
        return self.folder / "superset.log"


def admin_password(instance: Instance) -> str:
    """The environment's, else the one made when it was first asked for; kept where only its owner reads it."""
    return os.environ.get(PASSWORD_VARIABLE) or _kept_secret(instance.folder / "admin_password")


def tell(instance: Instance, work: str, order: dict[str, Any]) -> dict[str, Any]:
    """Has Superset's own data changed (``superset/metadata.py``) and returns the answer. Raises SupersetFailed."""
    _kept_secret(instance.folder / "secret_key")
    done = subprocess.run(
        [ENVIRONMENT / "bin" / "python", SUPERSET / "metadata.py", work],
        input=json.dumps(order),
        env=_environment(instance),
        cwd=instance.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    with instance.log.open("a", encoding="utf-8") as log:
        log.write(done.stderr)
    if done.returncode:
        raise SupersetFailed(done.stderr[-4000:])
    return json.loads(done.stdout.strip().splitlines()[-1])


def start(instance: Instance, *, workers: int = 2, threads: int = 8) -> subprocess.Popen:
    """Starts gunicorn and returns when it answers. Raises SupersetFailed when it ends or does not come up, or when
    something else has the port."""
    if _is_taken(instance.port):
        raise SupersetFailed(f"{instance.address} 已被占用")
    command = [ENVIRONMENT / "bin" / "gunicorn", "superset.app:create_app()"]
    command += ["--bind", f"127.0.0.1:{instance.port}", "--worker-class", "gthread", "--preload"]
    command += ["--workers", str(workers), "--threads", str(threads), "--timeout", "120"]
    with instance.log.open("ab") as log:
        server = subprocess.Popen(
            command,
            env=_environment(instance),
            cwd=instance.folder,
            stdout=log,
            stderr=log,
            start_new_session=True,  # so that stop reaches its workers too, and Ctrl-C comes by way of stop alone
        )
    until = time.monotonic() + _START_SECONDS
    while not answers(instance):
        if server.poll() is not None or time.monotonic() > until:
            stop(server)
            raise SupersetFailed(instance.log.read_text(encoding="utf-8")[-4000:])
        time.sleep(0.3)
    return server


def answers(instance: Instance) -> bool:
    """Whether a Superset answers on the port."""
    try:
        with urllib.request.urlopen(f"{instance.address}/health", timeout=5) as answer:
            return answer.read() == b"OK"
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def stop(server: subprocess.Popen) -> None:
    """Ends the server and its workers; returns when they are gone."""
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _environment(instance: Instance) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name.lower() not in _PROXIES}
    return {
        **kept,
        "PYTHONPATH": str(SUPERSET),
        "FLASK_APP": "superset.app:create_app()",
        "SUPERSET_CONFIG_PATH": str(SUPERSET / "superset_config.py"),
        "SUPERSET_HOME": str(instance.folder),
        "ZHENXING_BI_FOLDER": str(instance.folder),
        "ZHENXING_BI_WAREHOUSE": str(instance.home.warehouse),
        "SCARF_ANALYTICS": "false",
    }


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _kept_secret(path: Path) -> str:
    """A secret made once, in a file that only its owner reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(42) + "\n")
    return path.read_text(encoding="utf-8").strip()
