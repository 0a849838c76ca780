"""Receiving: every byte kept, every content registered once, and the inbox left as it was."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import time
from datetime import UTC, datetime, timedelta

import pytest
from receive_support import ODD_WORKBOOKS, files_under, inbox_of, write_submission

from orchestration.home import Home
from orchestration.receive import receive as receiving
from orchestration.receive.archive import Archive, StillChanging
from orchestration.receive.inbox import scan
from orchestration.receive.receive import receive
from orchestration.receive.register import Register

NIGHT = datetime(2021, 9, 1, 18, 0, tzinfo=UTC)


def _submissions(home: Home):
    with Register(home.register) as register:
        return register.submissions()


def _arrivals(home: Home):
    with Register(home.register) as register:
        return register.arrivals()


def _sha256(path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_workbook_is_archived_and_registered(home: Home):
    path = write_submission(inbox_of(home) / "商洛" / "随便叫什么.xlsx", nil_sheets="驻村培训")
    received = receive(home, received_at=NIGHT)
    (submission,) = _submissions(home)
    assert received.new == [submission]
    assert submission.submission_id == f"611024-2021-08-{_sha256(path)[:8]}"
    assert (submission.unit_code, submission.unit_name, submission.cadence) == ("611024", "山阳县", "month")
    assert (submission.format, submission.version, submission.received_at) == ("xlsx", 1, NIGHT)
    assert submission.nil_datasets == ("resident_training",)
    assert submission.file_name == "随便叫什么.xlsx"
    assert submission.problem_code is None and submission.problem_text is None
    kept = home.archive / submission.archive_path
    assert kept.read_bytes() == path.read_bytes()
    assert submission.archive_path == f"{_sha256(path)[:2]}/{_sha256(path)}.xlsx"
    assert not kept.stat().st_mode & 0o222


def test_receiving_again_changes_nothing(home: Home):
    write_submission(inbox_of(home) / "a.xlsx")
    shutil.copy(ODD_WORKBOOKS / "openpyxl_null_file.xlsx", home.inbox / "空.xlsx")
    receive(home)
    before, archived = _submissions(home), files_under(home.archive)
    received = receive(home)
    assert (received.new, received.unchanged, received.waiting) == ([], 2, [])
    assert _submissions(home) == before
    assert files_under(home.archive) == archived


def test_the_inbox_is_only_read(home: Home):
    write_submission(inbox_of(home) / "a.xlsx")
    (home.inbox / "~$a.xlsx").write_bytes(b"lock")
    before = files_under(home.inbox)
    receive(home)
    assert files_under(home.inbox) == before


def test_an_unchanged_inbox_is_not_read_again(home: Home, monkeypatch: pytest.MonkeyPatch):
    path = write_submission(inbox_of(home) / "a.xlsx")
    receive(home)
    monkeypatch.setattr(Archive, "store", lambda *_: pytest.fail(f"{path.name} was read again"))
    assert receive(home).unchanged == 1


def test_the_same_bytes_sent_twice_are_one_submission_and_two_arrivals(home: Home):
    path = write_submission(inbox_of(home) / "a.xlsx")
    shutil.copy(path, home.inbox / "a(2).xls")
    received = receive(home)
    assert (len(received.new), received.unchanged) == (1, 1)
    shutil.copy(path, home.inbox / "again.xlsx")
    assert receive(home).unchanged == 3
    assert len(_submissions(home)) == 1
    assert sorted(arrival.path for arrival in _arrivals(home)) == ["a(2).xls", "a.xlsx", "again.xlsx"]
    assert len({arrival.sha256 for arrival in _arrivals(home)}) == 1


def test_two_versions_of_one_unit_and_period_are_both_kept(home: Home):
    write_submission(inbox_of(home) / "a.xlsx", note="first")
    receive(home, received_at=NIGHT)
    write_submission(home.inbox / "a.xlsx", note="second", version="2")
    receive(home, received_at=NIGHT + timedelta(days=1))
    assert [submission.version for submission in _submissions(home)] == [1, 2]
    assert len(list(home.archive.glob("??/*"))) == 2


def test_of_equal_versions_the_file_saved_later_is_received_later(home: Home):
    for name, age in (("a.xlsx", 10), ("b.xlsx", 20)):
        path = write_submission(inbox_of(home) / name, note=name)
        os.utime(path, (time.time() - age,) * 2)
    receive(home, received_at=NIGHT)
    assert [submission.file_name for submission in _submissions(home)] == ["b.xlsx", "a.xlsx"]


def test_a_file_that_cannot_be_read_is_kept_and_answered(home: Home):
    shutil.copy(ODD_WORKBOOKS / "poi_poc-xmlbomb.xlsx", inbox_of(home) / "611024_山阳县.xlsx")
    received = receive(home)
    (submission,) = _submissions(home)
    assert received.unreadable == [submission]
    assert submission.submission_id == f"unreadable-{submission.sha256[:8]}"
    assert submission.problem_code == "U-DOCTYPE"
    assert "请" in submission.problem_text
    assert (home.archive / submission.archive_path).exists()


def test_a_workbook_of_an_unknown_unit_is_kept_and_answered(home: Home):
    write_submission(inbox_of(home) / "a.xlsx", unit_code="990101", unit_name="某县")
    receive(home)
    (submission,) = _submissions(home)
    assert submission.problem_code == "C-UNIT"
    assert submission.submission_id.startswith("unreadable-")
    assert submission.format == "xlsx"


def test_a_wrong_cadence_leaves_unit_and_period_known(home: Home):
    write_submission(inbox_of(home) / "a.xlsx", cadence="周统计")
    receive(home)
    (submission,) = _submissions(home)
    assert submission.problem_code == "C-CADENCE"
    assert submission.submission_id.startswith("611024-2021-08-")


def test_a_refused_file_sent_again_is_judged_again(home: Home):
    path = write_submission(inbox_of(home) / "a.xlsx", unit_code="990101", unit_name="某县")
    receive(home)
    units = "code,name,city_code,city_name\n990101,某县,990100,某市\n"
    (home.root / "reporting_units.csv").write_text(units, encoding="utf-8")
    assert receive(home).new == []
    shutil.copy(path, home.inbox / "sent again.xlsx")
    receive(home)
    (submission,) = _submissions(home)
    assert (submission.unit_code, submission.problem_code) == ("990101", None)


@pytest.mark.parametrize(
    "name", [".gitkeep", "~$a.xlsx", "a.xlsx.tmp", "a.xlsx.part", ".hidden/a.xlsx", "Thumbs.db"]
)
def test_what_programs_leave_behind_is_no_submission(home: Home, name: str):
    path = inbox_of(home) / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")
    assert receive(home).new == []


def test_a_link_is_not_followed(home: Home):
    secret = home.root / "secret.csv"
    secret.write_text("a,b\n")
    (inbox_of(home) / "a.csv").symlink_to(secret)
    assert scan(home.inbox).files == []


def test_a_missing_inbox_is_an_empty_one(home: Home):
    assert receive(home).new == []


def test_a_file_still_being_written_waits_for_the_next_night(home: Home):
    path = write_submission(inbox_of(home) / "a.xlsx")
    os.utime(path, (time.time() + 600,) * 2)
    received = receive(home)
    assert (received.new, received.waiting) == ([], ["a.xlsx"])
    os.utime(path, (time.time() - 1,) * 2)
    assert len(receive(home).new) == 1


def test_a_clock_years_ahead_does_not_lose_the_file(home: Home):
    path = write_submission(inbox_of(home) / "a.xlsx")
    os.utime(path, (time.time() + 10 * 365 * 86400,) * 2)
    assert len(receive(home).new) == 1


def test_a_file_that_grows_while_it_is_read_is_not_archived(home: Home, monkeypatch: pytest.MonkeyPatch):
    path = write_submission(inbox_of(home) / "a.xlsx")

    class Slow:
        """A digest so slow that the sender writes on meanwhile."""

        def update(self, _: bytes) -> None:
            with path.open("ab") as handle:
                handle.write(b"more")

        def hexdigest(self) -> str:
            return "0" * 64

    monkeypatch.setattr(hashlib, "sha256", Slow)
    with pytest.raises(StillChanging):
        Archive(home.archive).store(path)
    assert receive(home).waiting == ["a.xlsx"]
    monkeypatch.undo()
    assert list(home.archive.glob("??/*")) == []


def test_a_name_in_gbk_is_readable_in_the_register(home: Home):
    name = os.fsdecode("山阳县.xlsx".encode("gbk"))
    shutil.move(write_submission(home.root / "plain.xlsx"), inbox_of(home) / name)
    receive(home)
    (submission,) = _submissions(home)
    assert submission.file_name == "山阳县.xlsx"


class _Killed(BaseException):
    pass


@pytest.mark.parametrize("step", ["fsync", "replace", "covers", "commit"])
def test_a_night_killed_anywhere_ends_the_same_when_run_again(
    home: Home, monkeypatch: pytest.MonkeyPatch, step: str
):
    for number in range(3):
        write_submission(inbox_of(home) / f"{number}.xlsx", note=str(number))
    calls = []

    def die_at_the_second(*arguments, **options):
        calls.append(arguments)
        if len(calls) >= 2 or step in ("covers", "commit"):
            raise _Killed
        return original(*arguments, **options)

    target, name = {
        "fsync": (os, "fsync"),
        "replace": (type(home.root), "replace"),
        "covers": (receiving, "run_guarded"),
        "commit": (Register, "record"),
    }[step]
    original = getattr(target, name)
    monkeypatch.setattr(target, name, die_at_the_second)
    with pytest.raises(_Killed):
        receive(home)
    monkeypatch.undo()
    assert _submissions(home) == []
    assert len(receive(home, received_at=NIGHT).new) == 3
    assert len(_submissions(home)) == len(list(home.archive.glob("??/*"))) == 3
    assert list((home.archive / ".incoming").iterdir()) == []


def test_a_leftover_of_a_killed_copy_is_swept(home: Home):
    inbox_of(home)
    Archive(home.archive)
    (home.archive / ".incoming" / "half").write_bytes(b"half a file")
    receive(home)
    assert list((home.archive / ".incoming").iterdir()) == []


def test_the_register_takes_all_of_a_batch_or_nothing(home: Home):
    write_submission(inbox_of(home) / "a.xlsx")
    receive(home)
    (submission,) = _submissions(home)
    (arrival,) = _arrivals(home)
    orphan = type(arrival)("b.xlsx", 1, 1, "0" * 64, NIGHT)
    changed = type(submission)(**{**_fields(submission), "file_name": "other"})
    with Register(home.register) as register:
        with pytest.raises(sqlite3.IntegrityError):
            register.record([changed], [orphan])
        assert register.submissions() == [submission]


def _fields(submission) -> dict:
    return {name: getattr(submission, name) for name in submission.__dataclass_fields__}


def test_batches_of_any_size_give_the_same(home: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(receiving, "BATCH_FILES", 2)
    for number in range(5):
        write_submission(inbox_of(home) / f"{number}.xlsx", note=str(number))
    seen = []
    received = receive(home, received_at=NIGHT, progress=lambda *step: seen.append(step))
    assert len(received.new) == len(_submissions(home)) == 5
    assert len({submission.received_at for submission in _submissions(home)}) == 5
    assert ("archive", 2, 2) in seen


def test_a_period_that_has_not_begun_is_refused_and_its_cell_named(home: Home):
    write_submission(inbox_of(home) / "future.xlsx", reporting_period="2051-08")
    [refused] = receive(home).unreadable
    assert (refused.problem_code, refused.reporting_period) == ("C-FUTURE", "2051-08")
    assert refused.problem_cells.startswith("B")


def test_a_register_begun_before_a_column_was_there_gets_it(home: Home):
    write_submission(inbox_of(home) / "good.xlsx")
    receive(home)
    with sqlite3.connect(home.register) as database:
        database.execute("alter table submissions drop column problem_cells")
    with Register(home.register) as register:
        assert [submission.problem_cells for submission in register.submissions()] == [None]
