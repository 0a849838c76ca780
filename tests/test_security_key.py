"""The key of the pseudonyms: where it comes from, which is refused, and that another one never cuts a person's history."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from land_support import county_sheets, lake_rows, register

from orchestration import lake, settings
from orchestration.cli import main
from orchestration.home import Home
from orchestration.land import reland
from orchestration.land.key import KeyRefused, key_damage, key_path, new_key, pseudonym_key
from orchestration.land.key_strength import key_bytes, key_problems
from orchestration.land.land import land
from orchestration.land.pseudonym import LEGACY, PseudonymKey

NUMBER = "000000198503071000"
STRONG = "7c1f0d94a86be2537f4420c9d1b35ae8660e9b8d12c7f35804da71e93b5c26af"
OTHER = "e05b3c8f1a7d46925fb80e63c4912d7ab7684f0cd3e91528a6f4037bd95e1cc2"


@given(st.binary(min_size=1, max_size=90), st.text("0123456789X", min_size=1, max_size=20))
def test_a_pseudonym_is_the_first_half_of_an_hmac(secret: bytes, number: str):
    expected = hmac.new(secret, number[:18].encode(), hashlib.sha256).hexdigest()[:32]
    assert PseudonymKey(secret).of(number) == expected


@given(st.binary(min_size=1, max_size=90), st.sampled_from([1, 2]), st.text("0123456789X", max_size=20))
def test_sql_makes_the_same_pseudonym(secret: bytes, scheme: int, number: str):
    key = PseudonymKey(secret, scheme)
    query = f"select {key.sql('number')} from (select ? as number)".replace("?", f"'{number}'")
    assert duckdb.execute(query, key.parameters(query)).fetchone() == (key.of(number),)


def test_a_key_shows_in_no_text_of_it():
    key = PseudonymKey(bytes.fromhex(STRONG))
    assert STRONG not in repr(key) + str(key) + key.check + key.sql("x") and "secret" not in repr(key)


@given(st.binary(min_size=32, max_size=64).filter(lambda drawn: len(set(drawn)) >= 24))
def test_random_keys_pass_or_say_why(secret: bytes):
    assert all("密钥" in problem for problem in key_problems(secret.hex()))


def test_keys_as_they_are_made_pass():
    for _ in range(500):
        assert key_problems(secrets.token_hex(32)) == []
    passed = [key_problems(base64.b64encode(secrets.token_bytes(32)).decode()) for _ in range(500)]
    assert sum(map(bool, passed)) <= 5  # Base64 without any digit is taken for words, once in thousands


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "空的"),
        ("hunter2!", "十六进制或 Base64"),
        ("请改成随机密钥", "十六进制或 Base64"),
        ("CHANGE-ME", "字节"),
        (STRONG[:62], "只有 31 字节"),
        ("0" * 64, "重复"),
        ("5e" * 32, "重复"),
        ("deadbeef" * 8, "重复"),
        ("0123456789abcdef" * 4, "重复"),
        (STRONG[:32] * 2, "重复"),
        ("changeme" * 8, "重复"),
        (bytes(range(32)).hex(), "规律"),
        (bytes(range(255, 191, -2)).hex(), "规律"),
        (hashlib.sha256(b"password").hexdigest(), "人所共知"),
        (hashlib.sha256(b"").hexdigest().upper(), "人所共知"),
        (base64.b64encode(hashlib.sha256(b"zhenxing").digest()).decode(), "人所共知"),
        (b"the key of our province 2021 xyz".hex(), "文字"),
        ("thisisthesecretkeyofthestatisticsbureauofshaanxi", "文字"),
        ("TheSecretKeyOfTheStatisticsBureauOfTheProvinceAB", "文字"),
        ("a7" * 16 + "3f" * 16, "规律"),
    ],
)
def test_a_weak_key_is_refused_for_what_it_is(text: str, why: str):
    (problem,) = key_problems(text)
    assert why in problem and "openssl rand -hex 32" in problem
    assert not text or text not in problem


@pytest.mark.parametrize("text", [STRONG, STRONG.upper(), base64.b64encode(bytes.fromhex(STRONG)).decode()])
def test_one_key_in_any_writing_is_one_key(text: str):
    assert key_bytes(text) == bytes.fromhex(STRONG) and key_problems(text) == []
    assert key_bytes(base64.urlsafe_b64encode(bytes.fromhex(STRONG)).decode()) == bytes.fromhex(STRONG)


def test_a_home_without_a_key_makes_one_for_its_owner_alone(home: Home, tmp_path: Path):
    key = pseudonym_key(home)
    assert pseudonym_key(home) == key and len(key.secret) == 32
    assert stat.S_IMODE(key_path(home).stat().st_mode) == 0o600
    assert [path.name for path in home.lake.iterdir()] == ["_key"]
    assert pseudonym_key(Home(tmp_path / "another")) != key


def test_a_damaged_key_is_never_replaced(home: Home):
    home.lake.mkdir(parents=True)
    key_path(home).write_text("not a key")
    with pytest.raises(KeyRefused, match="从备份恢复"):
        pseudonym_key(home)
    assert key_path(home).read_text() == "not a key"
    assert "从备份恢复" in key_damage(home)


def test_a_lost_key_is_never_made_anew(home: Home):
    _land_with(home, pseudonym_key(home))
    key_path(home).unlink()
    with pytest.raises(KeyRefused, match="不见了"):
        pseudonym_key(home)
    assert not key_path(home).exists() and "不见了" in key_damage(home)


def test_the_key_of_the_environment_comes_first(home: Home, monkeypatch: pytest.MonkeyPatch):
    _given(monkeypatch, STRONG)
    assert pseudonym_key(home).secret == bytes.fromhex(STRONG)
    assert not key_path(home).exists() and key_damage(home) is None


def test_another_key_than_the_one_used_is_noticed(home: Home, monkeypatch: pytest.MonkeyPatch):
    _given(monkeypatch, STRONG)
    _land_with(home, pseudonym_key(home))
    assert pseudonym_key(home).of(NUMBER) == PseudonymKey(bytes.fromhex(STRONG)).of(NUMBER)
    _given(monkeypatch, OTHER)
    with pytest.raises(KeyRefused, match="割断") as refused:
        pseudonym_key(home)
    assert OTHER not in str(refused.value) and "割断" in key_damage(home)
    assert new_key(home).secret == bytes.fromhex(OTHER)


def test_the_homes_own_key_may_move_into_the_environment(home: Home, monkeypatch: pytest.MonkeyPatch):
    before = pseudonym_key(home)
    _land_with(home, before)
    _given(monkeypatch, base64.b64encode(before.secret).decode())
    key_path(home).unlink()
    assert pseudonym_key(home) == before


def test_a_home_of_earlier_days_keeps_its_scheme_and_its_people(home: Home, monkeypatch: pytest.MonkeyPatch):
    own = pseudonym_key(home)
    _land_with(home, None)
    kept = pseudonym_key(home)
    assert kept.scheme == LEGACY
    assert kept.of(NUMBER) == hashlib.sha256((own.secret.hex() + NUMBER).encode()).hexdigest()[:32]
    _given(monkeypatch, own.secret.hex())
    assert pseudonym_key(home) == kept
    _land_with(home, kept, "later")
    assert pseudonym_key(home) == kept
    _given(monkeypatch, OTHER)
    with pytest.raises(KeyRefused, match="割断"):
        pseudonym_key(home)


def test_half_a_change_of_keys_stops_the_landing(home: Home, monkeypatch: pytest.MonkeyPatch):
    _given(monkeypatch, STRONG)
    _land_with(home, pseudonym_key(home))
    _given(monkeypatch, OTHER)
    _land_with(home, new_key(home), "second")
    with pytest.raises(KeyRefused, match="没有做完"):
        pseudonym_key(home)


@pytest.mark.parametrize("given", [None, "hunter2", "00" * 32])
def test_in_production_a_missing_or_weak_key_is_refused(
    given: str | None, home: Home, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(settings.PRODUCTION.name, "1")
    if given:
        _given(monkeypatch, given)
    with pytest.raises(KeyRefused, match=settings.PSEUDONYM_KEY.name):
        pseudonym_key(home)
    assert not key_path(home).exists()
    _given(monkeypatch, STRONG)
    assert pseudonym_key(home).secret == bytes.fromhex(STRONG)


def test_in_production_the_homes_own_key_must_be_moved(home: Home, monkeypatch: pytest.MonkeyPatch):
    key = pseudonym_key(home)
    monkeypatch.setenv(settings.PRODUCTION.name, "1")
    with pytest.raises(KeyRefused, match="移过去"):
        pseudonym_key(home)
    _given(monkeypatch, key_path(home).read_text())
    assert pseudonym_key(home) == key


def test_a_change_of_keys_keeps_persons_apart_and_together(home: Home, monkeypatch: pytest.MonkeyPatch):
    people = [NUMBER, NUMBER[:-1] + "X", NUMBER]
    for number, period in zip(people, ("2021-07", "2021-08", "2021-09"), strict=True):
        register(home, county_sheets(1, head_id_no=number, village=f"示例{period}村"), period=period)
    land(home)
    own = pseudonym_key(home)
    assert _heads(home) == [own.of(number) for number in people]
    _given(monkeypatch, STRONG)
    with pytest.raises(KeyRefused, match="割断"):
        land(home)
    with monkeypatch.context() as interrupted:
        interrupted.setattr(reland, "_carry_over", _at_the_third(reland._carry_over))
        with pytest.raises(KeyboardInterrupt):
            reland.change_key(home)
    with pytest.raises(KeyRefused, match="没有做完"):
        land(home)
    assert [each.period for each in reland.change_key(home)] == ["2021-09"]
    key = PseudonymKey(bytes.fromhex(STRONG))
    assert _heads(home) == [key.of(number) for number in people]
    assert land(home).submissions == [] and reland.change_key(home) == []


def test_the_command_changes_the_key(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    register(home, county_sheets(1))
    land(home)
    _given(monkeypatch, OTHER)
    assert main(["reland", "--period", "2021-08"]) == 1
    assert "割断" in capsys.readouterr().err
    assert main(["reland", "--new-key", "--period", "2021-08"]) == 1
    assert main(["reland", "--new-key"]) == 0
    assert "2021-08 重新入湖 1 份" in capsys.readouterr().out
    assert pseudonym_key(home).secret == bytes.fromhex(OTHER)


def _heads(home: Home) -> list[str]:
    rows = lake_rows(home, "monitored_households")
    return [row["head_id_no"] for row in sorted(rows, key=lambda row: row["submission_id"])]


def _at_the_third(carry_over: Callable) -> Callable:
    calls = []

    def interrupted(*arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return carry_over(*arguments)

    return interrupted


def _given(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(settings.PSEUDONYM_KEY.name, text)


def _land_with(home: Home, key: PseudonymKey | None, name: str = "first") -> None:
    """A batch landed with a key; with None one as it was recorded before keys were."""
    lake.commit_batch(home, lake.Batch(name, "2021-08", (name,), {}, pseudonyms=key and key.check))
    if key is None:
        path = lake.manifest_path(home, "2021-08", name)
        said = json.loads(path.read_text())
        del said["pseudonyms"]
        path.write_text(json.dumps(said))
