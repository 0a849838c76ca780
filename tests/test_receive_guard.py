"""Guarded workers: a hostile item costs only itself."""

from __future__ import annotations

import pytest
from receive_support import behave, big, leak

from orchestration.receive.guard import run_guarded

MEMORY = 512 * 2**20
PATIENT = 60.0


def _run(items: list, seconds: float = PATIENT, **options):
    return run_guarded(behave, items, memory_bytes=MEMORY, seconds_per_item=seconds, **options)


def test_results_come_in_input_order():
    results = _run(list(range(50)))
    assert [result.item for result in results] == list(range(50))
    assert [result.value[1] for result in results] == list(range(50))


def test_nothing_to_do_needs_no_worker():
    assert _run([]) == []


def test_two_workers_share_the_work():
    assert len({result.value[2] for result in _run(list(range(200)))}) == 2


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ("abort", "U-CRASH"),
        ("kill", "U-CRASH"),
        ("swallow", "U-MEMORY"),
        ("panic", "U-ERROR"),
        ("fail", "U-ERROR"),
        ("exit", "U-ERROR"),
        ("unpicklable", "U-ERROR"),
        ("unreadable", "U-PDF"),
    ],
)
def test_a_hostile_item_fails_alone_and_its_neighbours_do_not_notice(item: str, code: str):
    results = _run(["a", "b", item, "c", "d"])
    assert [result.error_code for result in results] == [None, None, code, None, None]
    assert [result.value[1] for result in results if result.value] == ["a", "b", "c", "d"]


def test_an_item_that_never_ends_is_ended():
    results = _run(["a", "hang", "b"], seconds=2.0)
    assert [result.error_code for result in results] == [None, "U-TIMEOUT", None]


def test_many_hostile_items_cost_only_themselves():
    results = _run(["abort", "a", "kill", "b", "swallow", "abort", "c", "kill"])
    assert [result.value[1] if result.value else None for result in results] == [
        None, "a", None, "b", None, None, "c", None,
    ]  # fmt: skip


def test_no_item_answers_for_the_memory_its_forerunners_leaked():
    results = run_guarded(leak, range(12), workers=1, memory_bytes=MEMORY, seconds_per_item=PATIENT)
    assert [result.value for result in results] == list(range(12))


def test_a_result_of_many_megabytes_comes_back_whole():
    (result,) = run_guarded(big, [50 * 2**20], memory_bytes=MEMORY, seconds_per_item=PATIENT)
    assert result.value == b"x" * (50 * 2**20)


def test_an_error_text_quotes_no_cell():
    for result in _run(["panic", "fail"]):
        assert "personal" not in result.error_text


def test_progress_counts_every_item_once():
    seen = []
    _run(
        ["a", "abort", "b"],
        progress=lambda what, done, total: seen.append((what, done, total)),
        what="covers",
    )
    assert seen == [("covers", 1, 3), ("covers", 2, 3), ("covers", 3, 3)]
