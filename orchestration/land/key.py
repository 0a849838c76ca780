"""Where the key of a home's pseudonyms comes from, and that it is the one which what was landed was made with.

The environment's key (``ZHENXING_PSEUDONYM_KEY``) counts before the home's own, ``var/lake/_key``, which a home makes for
itself where it is given none. In production none is made: without a strong key from the environment nothing is landed. Every
batch of the lake records the check value of its key, so that another key is noticed before it cuts anyone's history.

Belongs here: finding the key, and refusing one. Does not belong here: what is weak (``key_strength``), and what is made
with it (``pseudonym``).
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from orchestration import lake, settings
from orchestration.home import Home
from orchestration.land.key_strength import MAKE_ONE, key_bytes, key_problems
from orchestration.land.pseudonym import LEGACY, PseudonymKey

_NAME = settings.PSEUDONYM_KEY.name
_OWN = re.compile("[0-9a-f]{64}")


class KeyRefused(ValueError):
    """No pseudonym can be made as things are. The message is Chinese and shows nothing of a key."""


def key_path(home: Home) -> Path:
    """The home's own key: 64 hex digits, readable by its owner alone."""
    return home.lake / "_key"


def pseudonym_key(home: Home) -> PseudonymKey:
    """The key that this home's pseudonyms are made with. Raises KeyRefused for a weak or missing one in production, for a
    damaged file, and for another key than the one that what was landed was made with."""
    key = PseudonymKey(_secret(home))
    used = _used(home)
    if not used:
        return key
    if len(used) > 1:
        raise KeyRefused("更换密钥的重新入湖没有做完:再运行一次 zhenxing reland --new-key")
    (check,) = used
    key = PseudonymKey(key.secret, int(check.partition(":")[0]))
    if key.check != check:
        raise KeyRefused(
            f"假名密钥与已入湖数据所用的不同,继续入湖会割断每个人的历史。恢复原来的密钥({_NAME} 或 {key_path(home)});"
            "确要更换的,用新密钥运行 zhenxing reland --new-key"
        )
    return key


def new_key(home: Home) -> PseudonymKey:
    """The key to which a home goes over when everything is landed again: today's, by the scheme of today. Raises KeyRefused."""
    return PseudonymKey(_secret(home))


def key_damage(home: Home) -> str | None:
    """What is wrong with the key as it is found today, in Chinese; None when landing can go on. Makes no key."""
    if settings.PSEUDONYM_KEY.value is None and not key_path(home).exists() and not settings.in_production():
        return "入湖所用的密钥不见了,从备份恢复" if _used(home) else None
    try:
        pseudonym_key(home)
    except KeyRefused as refused:
        return str(refused)
    return None


def _secret(home: Home) -> bytes:
    given = settings.PSEUDONYM_KEY.value
    if settings.in_production():
        if given is None:
            raise KeyRefused(_missing(home))
        if weak := key_problems(given):
            raise KeyRefused(f"{_NAME}:{weak[0]}")
    return key_bytes(given) if given is not None else bytes.fromhex(_own(home))


def _missing(home: Home) -> str:
    if key_path(home).exists():
        return (
            f"正式环境的密钥由环境变量 {_NAME} 给出:把 {key_path(home)} 的内容移过去(不要另生成),再删除该文件"
        )
    return f"正式环境须由环境变量 {_NAME} 给出密钥;用 {MAKE_ONE} 生成,并另存一份在别处"


def _used(home: Home) -> set[str]:
    """The check values of the keys that what counts in the lake was made with; None of a batch older than they are, which
    was made with the home's own key."""
    said = {batch.pseudonyms for batch in lake.batches(home)}
    if None in said:
        said = (said - {None}) | {_legacy_check(home)}
    return said


def _legacy_check(home: Home) -> str:
    if not key_path(home).exists():
        raise KeyRefused(f"这里的数据是用 {key_path(home)} 里的密钥入湖的,而该文件不见了;从备份恢复它")
    return PseudonymKey(bytes.fromhex(_read(home)), LEGACY).check


def _own(home: Home) -> str:
    """The home's own key, made on first use."""
    path = key_path(home)
    if not path.exists():
        if lake.batches(home):
            raise KeyRefused(f"入湖所用的密钥不见了({path});从备份恢复它,或由环境变量 {_NAME} 给出")
        _create(path)
    return _read(home)


def _read(home: Home) -> str:
    text = key_path(home).read_text(encoding="ascii", errors="replace").strip()
    if not _OWN.fullmatch(text):
        raise KeyRefused(f"{key_path(home)} 不是密钥(已损坏);从备份恢复它")
    return text


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and linked into place: a kill leaves no half key, and two landings agree on one.
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        handle.write(secrets.token_hex(32) + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        return
    finally:
        temporary.unlink()
