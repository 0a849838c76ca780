"""What ``deploy/`` and ``docs/deployment.md`` say of the environment and the units, against what the program takes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from deploy.tests.support import TEMPLATE, UNITS, started_by, template
from orchestration.home import PROJECT_ROOT
from orchestration.settings import SETTINGS

_PAGE = (PROJECT_ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
_COMPOSE = PROJECT_ROOT / "deploy" / "compose" / "compose.yaml"


def test_the_template_has_every_variable_and_no_other():
    assert sorted(template()) == sorted(setting.name for setting in SETTINGS)


def test_the_page_explains_every_variable():
    assert [setting.name for setting in SETTINGS if f"`{setting.name}`" not in _PAGE] == []


def test_every_variable_that_the_page_names_is_one():
    """Of the program, or of compose itself."""
    of_compose = set(re.findall(r"\$\{(ZHENXING_\w+)", _COMPOSE.read_text(encoding="utf-8")))
    named = {name for name in re.findall(r"ZHENXING_[A-Z_]+", _PAGE) if not name.endswith("_")}
    assert named - {setting.name for setting in SETTINGS} - of_compose == set()
    assert of_compose <= named


def test_the_template_holds_no_secret():
    given = template()
    assert given["ZHENXING_PSEUDONYM_KEY"] == ""
    set_ones = re.findall(r"^(\w+)=", TEMPLATE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {setting.name for setting in SETTINGS if setting.secret} & set(set_ones) <= {
        "ZHENXING_PSEUDONYM_KEY"
    }


@pytest.mark.parametrize(
    "value", ["plain", "with $money and `ticks`", 'a "quote" # and more', "p%40ss\\word"]
)
def test_a_value_means_the_same_to_the_shell_and_to_systemd(tmp_path: Path, value: str):
    """In single quotes both take it as it stands."""
    file = tmp_path / "zhenxing.env"
    file.write_text(f"ZHENXING_ALERT_TO='{value}'\n", encoding="utf-8")
    done = subprocess.run(
        ["sh", "-c", f"set -a; . {file}; printenv ZHENXING_ALERT_TO"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{value}\n"


def test_the_installations_command_runs_with_the_services_environment(tmp_path: Path):
    """``runuser`` and the program are stand-ins that say what they were given."""
    (tmp_path / "home").mkdir()
    (tmp_path / "zhenxing.env").write_text(
        f"ZHENXING_HOME='{tmp_path}/home'\nZHENXING_PRODUCTION='1'\n", encoding="utf-8"
    )
    runuser = tmp_path / "runuser"
    runuser.write_text('#!/bin/sh\necho "$@" "$ZHENXING_PRODUCTION" "$(pwd)" "$(umask)"\n', encoding="utf-8")
    runuser.chmod(0o755)
    command = tmp_path / "zhenxing"
    text = (UNITS / "zhenxing").read_text(encoding="utf-8")
    command.write_text(text.replace("/etc/zhenxing/", f"{tmp_path}/"), encoding="utf-8")
    done = subprocess.run(
        ["sh", str(command), "status", "--period", "2021-08"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    program = "/opt/zhenxing/.venv/bin/zhenxing"
    expected = f"-u zhenxing -- {program} status --period 2021-08 1 {tmp_path}/home 0077"
    assert done.stdout.strip() == expected


def test_the_page_names_every_unit():
    units = [path.name for kind in ("service", "timer") for path in sorted(UNITS.glob(f"*.{kind}"))]
    assert [
        unit for unit in units if f"`{unit}`" not in _PAGE and f"`{unit.rpartition('.')[0]}" not in _PAGE
    ] == []


def test_every_timer_has_its_service_and_every_service_its_way_to_be_started():
    timers = {path.stem for path in UNITS.glob("*.timer")}
    services = {path.stem: path.read_text(encoding="utf-8") for path in UNITS.glob("*.service")}
    assert timers <= services.keys()
    assert [name for name, text in services.items() if name not in timers and "[Install]" not in text] == []


@pytest.mark.parametrize("unit", ["webserver", "daemon"])
def test_containers_start_what_the_units_start(unit: str):
    command = [
        Path(word).name if word.startswith("/") else word for word in started_by(f"zhenxing-{unit}.service")
    ]
    started = yaml.safe_load(_COMPOSE.read_text(encoding="utf-8"))["services"][unit]["command"]
    assert [word.lstrip("/") for word in started] == [word.lstrip("/") for word in command]


def test_the_hours_of_cron_are_those_of_the_timers():
    cron = (PROJECT_ROOT / "deploy" / "compose" / "zhenxing.cron").read_text(encoding="utf-8")
    for name in ("alerts", "backup", "scrub"):
        command = " ".join(started_by(f"zhenxing-{name}.service")[1:])
        assert f"$COMPOSE {command} >/dev/null" in cron


def test_nothing_but_the_proxy_is_reached_from_outside():
    services = yaml.safe_load(_COMPOSE.read_text(encoding="utf-8"))["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["loopback"]
    assert services["proxy"]["network_mode"] == services["webserver"]["network_mode"] == "service:loopback"
    assert "127.0.0.1" in services["webserver"]["command"]
