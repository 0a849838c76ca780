"""The proxy's own settings (``deploy/nginx``, ``deploy/compose/nginx.conf``) with a machine's places and ports put in.

For trying them without a server: nothing but paths and ports is changed. Belongs here: that. Does not belong here: nginx.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

DEPLOY = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Here:
    """``folder``: nginx's own files; ``etc``: certificate and passwords; ``home``: the province."""

    folder: Path
    etc: Path
    home: Path
    http: int
    https: int
    superset_tls: int
    dagster: int
    superset: int


def write_settings(here: Here) -> Path:
    """Writes ``nginx.conf`` into the folder; returns it."""
    here.folder.mkdir(parents=True, exist_ok=True)
    main = (DEPLOY / "compose" / "nginx.conf").read_text(encoding="utf-8")
    site = (DEPLOY / "nginx" / "zhenxing.conf").read_text(encoding="utf-8")
    for said, meant in _places(here).items():
        if said not in main + site:
            raise ValueError(f"deploy's nginx settings no longer say {said!r}")
        main, site = main.replace(said, meant), site.replace(said, meant)
    (here.folder / "zhenxing.conf").write_text(site, encoding="utf-8")
    path = here.folder / "nginx.conf"
    path.write_text(main, encoding="utf-8")
    return path


def _places(here: Here) -> dict[str, str]:
    return {
        "/tmp/": f"{here.folder}/",
        "/dev/stdout": f"{here.folder}/access.log",
        "/etc/nginx/conf.d/*.conf": f"{here.folder}/zhenxing.conf",
        "/etc/zhenxing/": f"{here.etc}/",
        "/var/lib/zhenxing/": f"{here.home}/",
        "listen 80 ": f"listen 127.0.0.1:{here.http} ",
        "listen 443 ": f"listen 127.0.0.1:{here.https} ",
        "listen 8443 ": f"listen 127.0.0.1:{here.superset_tls} ",
        "127.0.0.1:3000": f"127.0.0.1:{here.dagster}",
        "127.0.0.1:8088": f"127.0.0.1:{here.superset}",
    }


def make_certificate(etc: Path) -> Path:
    """A certificate that vouches for itself, as docs/deployment.md makes one; returns it."""
    tls = etc / "tls"
    tls.mkdir(parents=True, exist_ok=True)
    certificate = tls / "certificate.pem"
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
            ),
            *(
                "-days",
                "825",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost,IP:127.0.0.1",
            ),
            *("-keyout", str(tls / "key.pem"), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return certificate


def set_password(file: Path, name: str, password: str) -> None:
    """Adds a person to a file of passwords, hashed as docs/deployment.md does."""
    hashed = subprocess.run(
        ["openssl", "passwd", "-6", "-stdin"], input=password, check=True, capture_output=True, text=True
    ).stdout.strip()
    with file.open("a", encoding="utf-8") as lines:
        lines.write(f"{name}:{hashed}\n")
