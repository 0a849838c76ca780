"""Bytes that change by themselves are found, named and mended: archive, lake, register, audit records."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from land_support import county_sheets, register

from orchestration import lake, sums
from orchestration.audit.files import audit_files
from orchestration.files import sums_of
from orchestration.home import Home
from orchestration.land.land import land
from orchestration.scrub import mend_landed
from orchestration.scrub.damage import ARCHIVE, BATCH, JUDGED, LANDED, REGISTER, SNAPSHOT, Damage, Damaged
from orchestration.scrub.mend import FROM_BACKUP, mend
from orchestration.scrub.mend_landed import SAME_BYTES
from orchestration.scrub.night import explained, make_sound
from orchestration.scrub.scrub import last_scrub, remember, scrub, standing_damages


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A county's month, landed and judged. Shared: copy it before changing anything."""
    home = Home(tmp_path_factory.mktemp("scrub") / "home")
    register(home, county_sheets())
    land(home)
    audit_files(home)
    return home


@pytest.fixture
def copied(landed: Home, tmp_path: Path) -> Home:
    shutil.copytree(landed.root, tmp_path / "home")
    return Home(tmp_path / "home")


def flip(path: Path, place: int | None = None) -> None:
    """Changes one bit in the middle of a file, as a disk does."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2 if place is None else place] ^= 0x10
    mode = path.stat().st_mode
    path.chmod(0o644)
    path.write_bytes(content)
    path.chmod(mode)


def a_file(home: Home, table: str) -> Path:
    return next(path for path in (home.lake / table).glob("*/*.parquet") if path.stem != "schema")


def found(home: Home) -> list[tuple[str, str]]:
    return [(damage.kind, Path(damage.file).name) for damage in scrub(home).damages]


def test_a_home_as_it_was_written_is_whole(landed: Home) -> None:
    scrubbed = scrub(landed)
    assert scrubbed.whole
    assert not scrubbed.damages
    assert scrubbed.files > 20
    assert scrubbed.vouched == 0


def test_every_file_of_the_lake_is_vouched_for(landed: Home) -> None:
    vouched = {
        lake.table_file(landed, table, batch.period, batch.batch)
        for batch in lake.batches(landed)
        for table in batch.files
    }
    for path in landed.lake.glob("*/**/*.parquet"):
        if path.stem != "schema":
            assert path in vouched or sums.read_sums(path.parent)[path.name] == sums_of(path)["sha256"]


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ("projects", LANDED),
        ("problems", LANDED),
        ("verdicts", JUDGED),
        ("decisions", JUDGED),
    ],
)
def test_a_flipped_bit_is_found_and_the_file_named(copied: Home, table: str, kind: str) -> None:
    path = a_file(copied, table)
    expected = sums_of(path)["sha256"]
    flip(path)
    [damage] = scrub(copied).damages
    assert (damage.kind, damage.expected, damage.found) == (kind, expected, sums_of(path)["sha256"])
    assert damage.file == path.relative_to(copied.root).as_posix()
    assert "2021-08" in damage.of
    assert "zhenxing scrub" in damage.remedy


def test_a_file_that_is_gone_is_named(copied: Home) -> None:
    a_file(copied, "verdicts").unlink()
    a_file(copied, "projects").unlink()
    assert {damage.found for damage in scrub(copied).damages} == {None}
    assert {kind for kind, _ in found(copied)} == {JUDGED, LANDED}


def test_landed_files_come_back_from_the_archive_byte_for_byte(copied: Home) -> None:
    paths = [a_file(copied, table) for table in ("projects", "landed_sheets", "problems")]
    before = [path.read_bytes() for path in paths]
    flip(paths[0])
    flip(paths[1], 0)
    paths[2].unlink()
    mended = mend(copied, scrub(copied).damages)
    assert {damage.mended for damage in mended} == {SAME_BYTES}
    assert [path.read_bytes() for path in paths] == before
    assert scrub(copied).whole
    assert not list(copied.lake.glob("**/*-again*"))


def test_a_damaged_original_is_not_what_the_lake_is_mended_from(copied: Home) -> None:
    [original] = copied.archive.glob("*.xlsx")
    flip(original)
    flip(a_file(copied, "projects"))
    mended = mend(copied, scrub(copied).damages)
    assert {damage.kind for damage in mended if damage.stands} == {ARCHIVE, LANDED}


def test_a_damaged_original_is_not_landed(copied: Home) -> None:
    [original] = copied.archive.glob("*.xlsx")
    flip(original)
    [batch] = lake.batches(copied)
    lake.manifest_path(copied, batch.period, batch.batch).unlink()
    with pytest.raises(Damaged) as raised:
        land(copied)
    assert original.name in str(raised.value)
    assert not lake.batches(copied)


def test_a_damaged_original_comes_back_from_a_backup(copied: Home, tmp_path: Path) -> None:
    backup = tmp_path / "backups"
    shutil.copytree(copied.root, backup / "2021-09-01T020000" / "home")
    [original] = copied.archive.glob("*.xlsx")
    flip(original)
    flip(a_file(copied, "verdicts"))
    mended = mend(copied, scrub(copied).damages, backup=backup)
    assert [damage.mended for damage in mended] == [FROM_BACKUP, FROM_BACKUP]
    assert scrub(copied).whole


def test_what_a_backup_has_otherwise_is_not_put_back(copied: Home, tmp_path: Path) -> None:
    flip(a_file(copied, "verdicts"))
    backup = tmp_path / "backup"
    shutil.copytree(copied.root, backup)
    [damage] = mend(copied, scrub(copied).damages, backup=backup)
    assert damage.stands


def test_verdicts_without_a_backup_stay_until_somebody_says_so_and_are_judged_anew(copied: Home) -> None:
    path = a_file(copied, "verdicts")
    flip(path)
    [damage] = mend(copied, scrub(copied).damages)
    assert damage.stands
    [damage] = mend(copied, scrub(copied).damages, judge_anew=True)
    assert not damage.stands
    assert not path.exists()
    assert (copied.root / "var" / "damaged" / damage.file).exists()
    audit_files(copied)
    assert path.exists()  # the same verdicts give the same name
    assert scrub(copied).whole


def test_a_batch_whose_manifest_is_damaged_is_landed_again(copied: Home) -> None:
    [batch] = lake.batches(copied)
    path = lake.manifest_path(copied, batch.period, batch.batch)
    flip(path)
    [damage] = scrub(copied).damages
    assert damage.kind == BATCH
    assert not mend(copied, [damage])[0].stands
    land(copied)
    assert lake.batches(copied)[0].files == batch.files
    assert scrub(copied).whole


def test_the_snapshot_of_the_register_is_written_again(copied: Home) -> None:
    flip(lake.single_file(copied, "submissions"))
    [damage] = scrub(copied).damages
    assert damage.kind == SNAPSHOT
    assert not mend(copied, [damage])[0].stands
    assert scrub(copied).whole


def test_a_register_that_reads_otherwise_than_when_it_was_landed_is_named(copied: Home) -> None:
    content = copied.register.read_bytes()
    copied.register.write_bytes(content.replace(b"2021-08", b"2021-09"))
    damages = [damage for damage in scrub(copied).damages if damage.kind == REGISTER]
    assert len(damages) == 1
    copied.register.write_bytes(content[:1000] + b"\xff" * 4000 + content[5000:])
    assert REGISTER in {kind for kind, _ in found(copied)}
    copied.register.unlink()
    assert REGISTER in {kind for kind, _ in found(copied)}


def test_files_of_before_sums_were_kept_are_vouched_for_as_they_are(copied: Home) -> None:
    [batch] = lake.batches(copied)
    manifest = lake.manifest_path(copied, batch.period, batch.batch)
    manifest.write_text(
        f'{{"batch": "{batch.batch}", "period": "{batch.period}", '
        f'"submissions": ["{batch.submissions[0]}"], "rows": {{"projects": 3}}}}'
    )
    for path in copied.root.glob("var/**/SHA256SUMS"):
        path.unlink()
    scrubbed = scrub(copied)
    assert scrubbed.whole
    assert scrubbed.vouched > 5
    assert scrub(copied).vouched == 0
    flip(a_file(copied, "projects"))
    assert found(copied) == [(LANDED, a_file(copied, "projects").name)]


def test_nobody_vouches_for_what_cannot_be_read(copied: Home) -> None:
    path = a_file(copied, "verdicts")
    sums.forget(path)
    path.write_bytes(path.read_bytes()[:-9])
    assert found(copied) == [(JUDGED, path.name)]


def test_the_night_mends_what_it_can_and_goes_on(copied: Home) -> None:
    path = a_file(copied, "projects")
    before = path.read_bytes()
    flip(path)
    make_sound(copied)
    assert path.read_bytes() == before
    assert [damage["mended"] for damage in last_scrub(copied, "night")["damages"]] == [SAME_BYTES]
    assert not standing_damages(copied)


def test_what_nothing_proves_to_be_the_same_the_night_leaves_to_somebody(
    copied: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_file(copied, "projects")
    flip(path)
    damaged = path.read_bytes()
    monkeypatch.setattr(mend_landed, "_how", lambda *_: mend_landed.OTHER_CODE)
    with pytest.raises(Damaged):
        make_sound(copied)
    assert path.read_bytes() == damaged
    assert [each.mended for each in mend(copied, scrub(copied).damages)] == [mend_landed.OTHER_CODE]
    assert scrub(copied).whole


def test_the_night_ends_and_names_the_file_where_it_cannot(copied: Home) -> None:
    path = a_file(copied, "verdicts")
    flip(path)
    with pytest.raises(Damaged) as raised:
        make_sound(copied)
    assert path.name in str(raised.value)
    assert "zhenxing scrub --rebuild" in str(raised.value)
    assert [damage["kind"] for damage in standing_damages(copied)] == [JUDGED]


def test_an_error_of_reading_is_explained_by_the_damage_behind_it(copied: Home) -> None:
    error = OSError("Couldn't deserialize thrift")
    assert explained(copied, error) is error
    flip(a_file(copied, "verdicts"))
    assert isinstance(explained(copied, error), Damaged)
    other = KeyError("x")
    assert explained(copied, other) is other


def test_what_was_found_is_remembered(copied: Home) -> None:
    assert last_scrub(copied) is None
    assert standing_damages(copied) == []
    flip(a_file(copied, "verdicts"))
    remember(copied, scrub(copied))
    assert not last_scrub(copied)["whole"]
    [damage] = standing_damages(copied)
    assert damage["kind_zh"] == "审核记录"
    assert Damage(**{name: damage[name] for name in ("file", "kind", "of", "expected", "found", "mended")})
