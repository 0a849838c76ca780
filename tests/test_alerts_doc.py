"""``docs/alerts.md``: the messages that it shows are those that are sent, and every variable of the environment is in it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from alert_support import publish_status

from orchestration import settings
from orchestration.alerts.alert import REPEATED_AFTER
from orchestration.alerts.collect import collect
from orchestration.alerts.digest import digest, message, told
from orchestration.alerts.nights import ended, note_end
from orchestration.alerts.remind import reminders_asked
from orchestration.alerts.reminders import to_bureau, to_unit
from orchestration.alerts.tell import where_to_look
from orchestration.alerts.wording import as_text, as_wecom
from orchestration.home import PROJECT_ROOT, Home
from orchestration.periods import day_of
from orchestration.units import ReportingUnits

PAGE = (PROJECT_ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
NIGHT = datetime(2021, 10, 6, 18, 31, tzinfo=UTC)
BLOCKED = "2021-08 R-ROLL-1 全省数等于各市、各县数之和:2处不符"


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Two nights of October and a day before the due day, in the words of each channel."""
    home = Home(tmp_path_factory.mktemp("scenes"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ZHENXING_ALERT_LINK", "http://tongji.bureau.example/")
        shown = _scenes(home)
    return {name: words.replace(str(home.root), "…") for name, words in shown.items()}


def _scenes(home: Home) -> dict[str, str]:
    note_end(home, ended({"publish": ("PublishBlocked", BLOCKED)}, NIGHT))
    publish(home, 38, "overdue")
    first = digest(collect(home, NIGHT), {}, day_of(NIGHT))
    next_night = NIGHT + timedelta(days=1)
    note_end(home, ended({}, next_night))
    publish(home, 40, "overdue", figures=("2021-08", "2021-09"))
    second = digest(collect(home, next_night), told(first), day_of(next_night))
    publish(home, 12, "not_due")
    [reminder] = reminders_asked(home, NIGHT - timedelta(days=4), 2, None)
    before = day_of(NIGHT - timedelta(days=4))
    messages = {
        "first": message(first, where_to_look(home)),
        "second": message(second, where_to_look(home)),
        "reminder": to_bureau([reminder], before),
        "letter": to_unit(reminder.owing[0], before),
    }
    return {name: f"{said.title}\n\n{as_text(said)}" for name, said in messages.items()} | {
        "wecom": as_wecom(messages["second"]) + "\n"
    }


def publish(home: Home, late: int, status: str, figures: tuple[str, ...] = ("2021-08",)) -> None:
    counties = [unit.code for unit in ReportingUnits(home.units_csv).counties][:late]
    rows = [("2021-09", code, date(2021, 10, 5), date(2021, 10, 25), status) for code in counties]
    publish_status(home, rows, figures=figures)


@pytest.mark.parametrize("name", ["first", "second", "wecom", "reminder", "letter"])
def test_the_page_shows_what_is_sent(scenes: dict[str, str], name: str):
    assert f"```text\n{scenes[name]}```" in PAGE


def test_the_page_names_every_variable_and_no_other():
    named = {word for word in PAGE.replace("`", " ").split() if word.startswith("ZHENXING_ALERT_")}
    assert named == {setting.name for setting in settings.ALERTS}


def test_the_page_says_after_how_many_days_each_kind_is_repeated():
    for kind, days in REPEATED_AFTER.items():
        [row] = [line for line in PAGE.splitlines() if line.startswith(f"| `{kind}` ")]
        assert row.endswith(f"| {days} |")


def test_the_page_is_not_of_this_machine():
    assert str(Path.home()) not in PAGE
