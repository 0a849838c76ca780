"""What a channel is told of what is wrong: once, again when it grows or lasts, and when it has ended; and how that looks."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.alerts.alert import (
    PUBLISH_BLOCKED,
    REPEATED_AFTER,
    RUN_FAILED,
    UNIT_OVERDUE,
    WAREHOUSE_STALE,
    Alert,
    Block,
    Entry,
    Message,
)
from orchestration.alerts.digest import digest, message, told
from orchestration.alerts.wording import DINGTALK_BYTES, WECOM_BYTES, as_dingtalk, as_text, as_wecom

TODAY = date(2021, 9, 8)
OVERDUE = Alert(
    UNIT_OVERDUE,
    "2021-08",
    "2021年8月月报:2个单位逾期未报",
    date(2021, 9, 5),
    ("西安市1个(蓝田县);安康市1个(石泉县)",),
    ("610122", "610922"),
    "请有关市、县补报",
)
FAILED = Alert(RUN_FAILED, "night", "夜间处理没有完成:建模", TODAY, ("模型没有建成:fct_loans",), ("建模",))


def grown(alert: Alert, *items: str) -> Alert:
    return Alert(alert.kind, alert.subject, alert.title, alert.since, alert.lines, (*alert.items, *items))


def test_a_trouble_is_new_once():
    first = digest([OVERDUE], {}, TODAY)
    assert first.new == (OVERDUE,) and first.has_news
    second = digest([OVERDUE], told(first), TODAY + timedelta(days=1))
    assert not second.has_news


def test_a_trouble_that_grows_is_said_again_and_one_that_shrinks_is_not():
    said = told(digest([OVERDUE], {}, TODAY))
    more = digest([grown(OVERDUE, "611024")], said, TODAY)
    assert [alert.subject for alert in more.grown] == ["2021-08"] and more.has_news
    less = Alert(UNIT_OVERDUE, "2021-08", OVERDUE.title, OVERDUE.since, (), ("610922",))
    assert not digest([less], said, TODAY).has_news


@pytest.mark.parametrize("kind", list(REPEATED_AFTER))
def test_a_trouble_that_lasts_is_said_again_after_some_days(kind: str):
    alert = Alert(kind, "x", "…", TODAY)
    said = told(digest([alert], {}, TODAY))
    after = timedelta(days=REPEATED_AFTER[kind])
    assert not digest([alert], said, TODAY + after - timedelta(days=1)).has_news
    again = digest([alert], said, TODAY + after)
    assert again.has_news and again.standing == (alert,)
    assert not digest([alert], told(again), TODAY + after + timedelta(days=1)).has_news


def test_the_end_of_a_trouble_is_said_once_with_how_long_it_lasted():
    said = told(digest([OVERDUE, FAILED], {}, TODAY))
    ended = digest([OVERDUE], said, TODAY + timedelta(days=2))
    words = as_text(message(ended))
    assert "【已解除】\n· 夜间处理恢复正常:原为“夜间处理没有完成:建模”,历时2天" in words
    assert "【仍未解决】\n· 2021年8月月报:2个单位逾期未报(已5天)" in words
    assert not digest([OVERDUE], told(ended), TODAY + timedelta(days=3)).has_news


def test_what_is_new_brings_what_stands_in_a_line_and_both_count_as_said():
    said = told(digest([OVERDUE], {}, TODAY))
    both = digest([OVERDUE, FAILED], said, TODAY + timedelta(days=6))
    assert (both.new, both.standing) == ((FAILED,), (OVERDUE,))
    assert not digest([OVERDUE, FAILED], told(both), TODAY + timedelta(days=8)).has_news


def test_a_failed_run_is_said_before_units_that_are_late():
    stale = Alert(WAREHOUSE_STALE, "night", "…", TODAY)
    blocked = Alert(PUBLISH_BLOCKED, "rules", "…", TODAY)
    order = [alert.kind for alert in digest([OVERDUE, stale, FAILED, blocked], {}, TODAY).new]
    assert order == [RUN_FAILED, PUBLISH_BLOCKED, WAREHOUSE_STALE, UNIT_OVERDUE]


def test_a_message_says_what_to_do_and_where_to_look():
    words = as_text(message(digest([OVERDUE], {}, TODAY), ("报送情况和数字:http://192.0.2.1/",)))
    assert words.splitlines() == [
        "2021年9月8日夜间处理和数据仓库的情况:",
        "",
        "【新发生】",
        "1. 2021年8月月报:2个单位逾期未报",
        "   西安市1个(蓝田县);安康市1个(石泉县)",
        "   处理:请有关市、县补报",
        "",
        "报送情况和数字:http://192.0.2.1/",
    ]


def test_the_data_of_a_message_is_json():
    said = told(digest([OVERDUE], {}, TODAY))
    data = json.loads(json.dumps(message(digest([FAILED], said, TODAY)).data))
    assert [alert["kind"] for alert in data["new"]] == [RUN_FAILED]
    assert [alert["since"] for alert in data["ended"]] == ["2021-09-05"]


def test_nothing_wrong_is_said_in_a_line():
    assert as_text(message(digest([], {}, TODAY), ("…",))) == "目前没有告警。\n"


def test_what_markdown_would_obey_is_shown_as_it_is():
    sly = Message(
        "# 标题", "[点这里](http://192.0.2.9)", (Block("**", "warning", (Entry("a\n# b", ("<font>",)),)),)
    )
    for words in (as_wecom(sly), as_dingtalk(sly)):
        assert "[点" not in words and "<font>" not in words and "\n# b" not in words


def test_dingtalks_lines_stand_apart():
    assert "\n\n**新发生**\n\n1. 2021年8月月报" in as_dingtalk(message(digest([OVERDUE], {}, TODAY)))


@given(st.integers(0, 400), st.text("县区,€𠀀a", max_size=60), st.text("路/径", max_size=300))
def test_a_message_of_any_length_fits_and_keeps_its_end(entries: int, name: str, path: str):
    lines = tuple(Entry(f"{number}{name}", (name,)) for number in range(entries))
    long = Message("标题", "情况:", (Block("新发生", "warning", lines, numbered=True),), (f"日志:{path}",))
    for words, limit in ((as_wecom(long), WECOM_BYTES), (as_dingtalk(long), DINGTALK_BYTES)):
        assert len(words.encode()) <= limit
        assert words.startswith("### 标题") and words.endswith(f"日志:{path}")
    if f"{entries - 1}{name}" not in as_wecom(long):
        assert "篇幅所限" in as_wecom(long) or not entries
