"""How Superset runs here: loopback, Chinese, nothing phones home, readers follow each publication.

Superset reads this file by ``SUPERSET_CONFIG_PATH`` in its own environment, which has nothing of this project.
Where things lie comes from the environment (``bi.server``), so that a home has one place that says so.

Belongs here: settings that differ from Superset's own. Does not belong here: dashboards, roles, users.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import yaml
from flask import Flask, Response, jsonify, request
from published_file import pinned
from superset.config import TALISMAN_CONFIG as THEIRS
from superset.config import THEME_DEFAULT as THEIR_THEME
from superset.translations.utils import get_language_pack

FOLDER = Path(os.environ["ZHENXING_BI_FOLDER"])
WAREHOUSE = Path(os.environ["ZHENXING_BI_WAREHOUSE"])

# Superset's own data: users, dashboards, roles. One file in write-ahead mode; writers wait for each other.
SQLALCHEMY_DATABASE_URI = f"sqlite:///{FOLDER / 'superset.db'}"
SQLALCHEMY_ENGINE_OPTIONS = {"connect_args": {"timeout": 60}}
SECRET_KEY = (FOLDER / "secret_key").read_text(encoding="utf-8").strip()
WTF_CSRF_ENABLED = True

APP_NAME = "乡村振兴统计"
BABEL_DEFAULT_LOCALE = "zh"
LANGUAGES = {"zh": {"flag": "cn", "name": "简体中文"}}
CURRENCIES = ["CNY"]
_FONT = "'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', sans-serif"
THEME_DEFAULT = {
    **THEIR_THEME,
    "token": {
        **THEIR_THEME["token"],
        "brandAppName": APP_NAME,
        "brandLogoAlt": APP_NAME,
        "fontFamily": _FONT,
    },
}
THEME_DARK = None
_PALETTE = yaml.safe_load(Path(__file__).with_name("palette.yml").read_text(encoding="utf-8"))
EXTRA_CATEGORICAL_COLOR_SCHEMES = [
    {"id": _PALETTE["id"], "label": _PALETTE["label"], "colors": _PALETTE["colors"], "isDefault": True}
]
ENABLE_UI_THEME_ADMINISTRATION = False

# A browser on this page talks to this server and to nobody else: Superset's own list names map and telemetry hosts.
TALISMAN_CONFIG = {
    **THEIRS,
    "content_security_policy": {
        **THEIRS["content_security_policy"],
        "img-src": ["'self'", "blob:", "data:"],
        "connect-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'"],
    },
}
THEME_FONT_URL_ALLOWED_DOMAINS: list[str] = []
FAB_API_SWAGGER_UI = False

# A Dashboard's county user may not write expressions that reach beyond the dataset.
FEATURE_FLAGS = {"ALLOW_ADHOC_SUBQUERY": False, "ENABLE_TEMPLATE_PROCESSING": False}


def DB_CONNECTION_MUTATOR(
    uri: Any, params: dict[str, Any], username: str | None, security_manager: Any, source: Any
) -> tuple[Any, dict[str, Any]]:
    """Each connection opens the file published at this moment, wherever the dashboards' database says it lies."""
    if uri.get_backend_name() != "duckdb":
        return uri, params
    return uri.set(database=str(pinned(WAREHOUSE, FOLDER / "reading"))), params


def FLASK_APP_MUTATOR(app: Flask) -> None:
    """Superset's Chinese with our corrections, also for who has not logged in yet: the page on which one does is a page too."""
    corrections = json.loads(Path(__file__).with_name("translations.json").read_text(encoding="utf-8"))
    pack = get_language_pack(BABEL_DEFAULT_LOCALE)
    words = pack["locale_data"]["superset"] | {said: [ours] for said, ours in corrections.items()}
    corrected = {**pack, "locale_data": {"superset": words}}

    @app.before_request
    def language_pack() -> Response | None:
        asked = request.path == f"/superset/language_pack/{BABEL_DEFAULT_LOCALE}/"
        return jsonify(corrected) if asked else None
