"""Alerts of what Dagster's daemon runs: a run that failed, a run that died, and the end of a night."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import dagster as dg
import pytest
from alert_support import Robot, robot

from orchestration.alerts import sensors
from orchestration.alerts.nights import last_end
from orchestration.alerts.sensors import alert_sensors, ends_night
from orchestration.home import Home
from orchestration.pending import Part, Pending
from orchestration.publish.publish import PublishBlocked
from orchestration.triggers.sensors import CATCHING_UP, FOLLOWED, PART, RECEIVING


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch) -> Iterator[Robot]:
    with robot() as told:
        monkeypatch.setenv("ZHENXING_ALERT_WECOM", told.url)
        yield told


def tick(home: Home, error: Exception | None, tags: dict[str, str], step: str = "published_warehouse") -> str:
    """What a sensor says after a run that ended so."""

    @dg.asset(name=step)
    def made() -> None:
        if error is not None:
            raise error

    home.dagster.mkdir(parents=True, exist_ok=True)
    job = dg.Definitions(assets=[made], jobs=[dg.define_asset_job("nightly")]).resolve_job_def("nightly")
    with dg.DagsterInstance.ephemeral() as instance:
        ended = job.execute_in_process(instance=instance, tags=tags, raise_on_error=False)
        failed = error is not None
        event = ended.get_run_failure_event() if failed else ended.get_run_success_event()
        context = dg.build_run_status_sensor_context("x", event, instance, ended.dagster_run)
        of_failure, after_night = alert_sensors(home)
        return (of_failure(context.for_run_failure()) if failed else after_night(context)).skip_message


@pytest.fixture
def pending(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def are(periods: tuple[str, ...] = (), behind: tuple[str, ...] = ()) -> None:
        monkeypatch.setattr(sensors, "pending", lambda _: Pending(periods, periods))
        monkeypatch.setattr(sensors, "behind", lambda _: behind)

    are()
    return are


def test_a_run_that_failed_is_told_by_its_step_and_without_what_the_error_says(home: Home, group: Robot):
    said = tick(home, ValueError("张三"), {}, "landed_datasets")
    assert said == "告警已发:企业微信机器人"
    [body] = group.bodies
    words = body["markdown"]["content"]
    assert "夜间处理没有完成:入湖" in words and "程序出错(ValueError)" in words and "张三" not in words


def test_a_blocked_publication_is_told_with_its_rules(home: Home, group: Robot):
    tick(home, PublishBlocked(["2021-08 R-ROLL-1 全省合计:2处不符", "2021-08 R-FUND-2 资金:未能审核"]), {})
    assert "发布受阻:2项全省性审核没有通过" in group.bodies[0]["markdown"]["content"]
    assert last_end(home).reasons == ("2021-08 R-ROLL-1 全省合计:2处不符", "2021-08 R-FUND-2 资金:未能审核")


def test_what_was_tried_again_in_vain_is_told_by_what_it_failed_of(home: Home, group: Robot):
    again = dg.RetryRequested(max_retries=0)
    again.__cause__ = OSError(28, "No space left on device", "/x/张三")
    tick(home, again, {})
    assert last_end(home).reasons == ("磁盘空间不足",)


def test_a_run_whose_process_died_is_told(home: Home, group: Robot):
    assert sensors.errors_of([]) == {"运行进程中断": ("", "")}


def test_the_next_night_that_ends_well_says_so(home: Home, group: Robot, pending):
    tick(home, ValueError("x"), {})
    assert tick(home, None, {**FOLLOWED, PART: Part.REST.value}) == "告警已发:企业微信机器人"
    assert "夜间处理恢复正常" in group.bodies[1]["markdown"]["content"]
    assert tick(home, None, {**FOLLOWED, PART: Part.REST.value}) == "Nothing is news."


@pytest.mark.parametrize(
    ("tags", "left", "ends"),
    [
        ({}, {}, False),
        ({**FOLLOWED, PART: RECEIVING}, {"periods": ("2021-08",)}, False),
        ({**FOLLOWED, PART: RECEIVING}, {"behind": ("receipts",)}, False),
        ({**FOLLOWED, PART: RECEIVING}, {}, True),
        ({**FOLLOWED, PART: Part.LANDING.value}, {}, False),
        ({**FOLLOWED, PART: Part.WHOLE.value}, {"periods": ("2021-08",)}, True),
        ({**FOLLOWED, PART: CATCHING_UP}, {}, True),
    ],
)
def test_a_night_ends_with_the_run_that_nothing_follows(
    home: Home, pending, tags: dict, left: dict, ends: bool
):
    pending(**left)
    assert ends_night(home, tags) is ends
