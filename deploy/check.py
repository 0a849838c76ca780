"""``make deploy-check``: every file of ``deploy/`` by the tool that it is for, as far as that runs without a server.

    python -m deploy.check

A tool that is missing is a failure, never a check left out. Belongs here: calling those tools. Does not belong here: starting
the services (``deploy/tests``).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.nginx_here import DEPLOY, Here, make_certificate, write_settings

REPOSITORY = DEPLOY.parent
LINTERS = REPOSITORY / ".venv-deploy" / "bin"
UNITS = DEPLOY / "systemd"
# systemd-analyze security: 0 is shut, 100 is open. Today's units have 15; one setting less of any weight is more than this.
EXPOSURE = 16
_STARTED = re.compile(r"^Exec\w+=(?P<program>\S+)", re.MULTILINE)
_PROGRAMS = re.compile(r"/opt/zhenxing/\.venv/bin/[a-z-]+")


def main() -> int:
    failed = 0
    for check in CHECKS:
        wrong = list(_said(check))
        print(f"{'✗' if wrong else '✓'} {check.__doc__.splitlines()[0]}")
        for line in wrong:
            print(f"  {line}")
        failed += bool(wrong)
    return int(failed > 0)


def _said(check: Callable[[Path], Iterator[str]]) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="zhenxing_deploy_") as folder:
        try:
            yield from check(Path(folder))
        except FileNotFoundError as missing:
            yield f"not to be found: {missing.filename} (make deploy-check installs it as root on Debian)"


def units(folder: Path) -> Iterator[str]:
    """systemd-analyze verify: units, timers and target, in a root of their own with the programs they start"""
    installed = folder / "etc" / "systemd" / "system"
    shutil.copytree(UNITS, installed)
    system = Path("/usr/lib/systemd/system")
    shutil.copytree(system, folder / system.relative_to("/"), symlinks=True)
    for unit in UNITS.glob("*.service"):
        for program in _PROGRAMS.findall(unit.read_text(encoding="utf-8")):
            stub = folder / program.lstrip("/")
            stub.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy("/bin/true", stub)
    names = [path.name for kind in ("service", "timer", "target") for path in sorted(UNITS.glob(f"*.{kind}"))]
    yield from _run(["systemd-analyze", "verify", "--man=no", f"--root={folder}", *names], warnings=True)


def hardening(folder: Path) -> Iterator[str]:
    """systemd-analyze security: no service is more exposed than it may be"""
    del folder
    for unit in sorted(UNITS.glob("*.service")):
        environment = os.environ | {"SYSTEMD_UNIT_PATH": f"{UNITS}:"}
        command = ["systemd-analyze", "security", "--offline=yes", f"--threshold={EXPOSURE}", unit.name]
        for line in _run(command, environment):
            if "exposure level" in line:
                yield line


def programs(folder: Path) -> Iterator[str]:
    """what the units and the compose file start is there: the lock installs it"""
    del folder
    files = [*UNITS.glob("*.service"), UNITS / "zhenxing"]
    for file in sorted(files):
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".service" and not _STARTED.search(text):
            yield f"{file.name}: starts nothing"
        for program in sorted(set(_PROGRAMS.findall(text))):
            if not (REPOSITORY / ".venv" / "bin" / Path(program).name).exists():
                yield f"{file.name}: {program} is installed by nothing"


def sysusers(folder: Path) -> Iterator[str]:
    """systemd-sysusers and systemd-tmpfiles make the user and the folders, in a root of their own"""
    (folder / "etc").mkdir()
    for name in ("passwd", "group"):
        shutil.copy(Path("/etc") / name, folder / "etc" / name)
    yield from _run(["systemd-sysusers", f"--root={folder}", str(UNITS / "sysusers.conf")])
    yield from _run(["systemd-tmpfiles", "--create", f"--root={folder}", str(UNITS / "tmpfiles.conf")])
    archive = folder / "var" / "lib" / "zhenxing" / "raw" / "archive"
    if not archive.is_dir() or archive.stat().st_mode & 0o777 != 0o700:
        yield f"{archive} was not made for its owner alone"


def shell(folder: Path) -> Iterator[str]:
    """sh -n: the command of the installation"""
    del folder
    yield from _run(["sh", "-n", str(UNITS / "zhenxing")])


def container(folder: Path) -> Iterator[str]:
    """hadolint: the container file"""
    del folder
    yield from _run([str(LINTERS / "hadolint"), "--no-color", str(DEPLOY / "compose" / "Containerfile")])


def compose(folder: Path) -> Iterator[str]:
    """docker compose config: the compose file, with every profile"""
    environment = os.environ | {
        "ZHENXING_ENV_FILE": str(DEPLOY / "zhenxing.env.example"),
        "HOME": str(folder),
    }
    command = [str(LINTERS / "docker-compose"), "-f", str(DEPLOY / "compose" / "compose.yaml")]
    yield from _run([*command, "--profile", "*", "config", "--quiet"], environment)


def proxy(folder: Path) -> Iterator[str]:
    """nginx -t: the proxy's settings, with a certificate made as the documentation makes it"""
    make_certificate(folder / "etc")
    for name in ("htpasswd-readers", "htpasswd-admins"):
        (folder / "etc" / name).touch()
    ports = (8080, 8444, 8445, 3000, 8088)
    settings = write_settings(Here(folder / "nginx", folder / "etc", folder / "home", *ports))
    yield from _run(["nginx", "-t", "-q", "-c", str(settings)])


CHECKS = (units, hardening, programs, sysusers, shell, container, compose, proxy)


def _run(
    command: list[str], environment: dict[str, str] | None = None, *, warnings: bool = False
) -> Iterator[str]:
    """What a tool says when it fails; ``warnings``: what it says to standard error is a failure too."""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        yield f"{Path(command[0]).name} exited {done.returncode}"
        yield from (line for line in (done.stdout + done.stderr).splitlines() if line.strip())
    elif warnings:
        yield from (line for line in done.stderr.splitlines() if line.strip())


if __name__ == "__main__":
    sys.exit(main())
