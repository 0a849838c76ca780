"""What a receipt says of the other files of the same unit and period."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from orchestration.audit.receipts.compose import standing_notes
from orchestration.receive.register import Arrival, Submission

MORNING = datetime(2021, 9, 3, 1, tzinfo=UTC)
FIRST = Submission(
    submission_id="610922-2021-08-a",
    sha256="a" * 64,
    file_name="石泉.xlsx",
    archive_path="a.xlsx",
    received_at=MORNING,
    unit_code="610922",
    unit_name="石泉县",
    reporting_period="2021-08",
    format="xlsx",
    cadence="month",
    version=1,
)
SECOND = replace(
    FIRST,
    submission_id="610922-2021-08-b",
    sha256="b" * 64,
    file_name="石泉二.xlsx",
    version=2,
    received_at=MORNING + timedelta(hours=1),
)


def _again(submission: Submission) -> Arrival:
    return Arrival("又一份.xlsx", 1, 1, submission.sha256, MORNING + timedelta(hours=2))


def test_a_file_that_came_again_is_said_to_be_the_same_as_itself():
    [note] = standing_notes(SECOND, [FIRST, SECOND], [_again(SECOND)])
    assert note == "2021-09-03 11:00再次收到内容完全相同的文件“又一份.xlsx”,未作变更。"


def test_an_earlier_version_that_came_again_is_not_said_to_be_this_one():
    [note] = standing_notes(SECOND, [FIRST, SECOND], [_again(FIRST)])
    assert "再次收到与此前的第1版(石泉.xlsx" in note


def test_a_file_that_could_not_be_taken_is_no_later_version():
    refused = replace(SECOND, version=1, problem_code="C-MISMATCH")
    assert standing_notes(FIRST, [FIRST, refused], []) == []
