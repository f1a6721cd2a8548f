"""The keyring: when keys expire, what a destroyed one leaves, and when the product refuses to go on."""

import datetime
import json
import pickle
import stat
from pathlib import Path

import pytest

from pipelines.keyring import Keyring
from pipelines.keystore import FILE_NAME, KeyFolder
from privacy.keys import expiry, key_id, spill_key
from schemas import PrivacyError, SinkError

HOUR = 3_600_000
DAY_END = 100 * 24 * HOUR
TTL = 24 * HOUR
FRIDAY = datetime.date(2026, 11, 20)
SATURDAY = datetime.date(2026, 11, 21)


def keyring_of(folder: Path) -> Keyring:
    return Keyring(KeyFolder(folder))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data.keys"


def test_a_key_is_made_once_and_stays(folder: Path):
    first = keyring_of(folder).day_key(SATURDAY, DAY_END, DAY_END, TTL)
    again = keyring_of(folder).day_key(SATURDAY, DAY_END + HOUR, DAY_END, TTL)
    assert again == first
    assert keyring_of(folder).day_key(FRIDAY, DAY_END, DAY_END, TTL).secret != first.secret


@pytest.mark.parametrize(
    ("made", "expires"),
    [
        pytest.param(DAY_END - HOUR, DAY_END + TTL, id="made during the day"),
        pytest.param(DAY_END + TTL - 1, DAY_END + TTL, id="made just in time"),
        pytest.param(DAY_END + TTL, DAY_END + 2 * TTL, id="a back-fill lives key_ttl from its run"),
    ],
)
def test_when_a_key_expires(made: int, expires: int):
    assert expiry(made, DAY_END, TTL) == expires


def test_a_key_serves_until_the_instant_before_it_expires(folder: Path):
    keyring = keyring_of(folder)
    key = keyring.day_key(SATURDAY, DAY_END, DAY_END, TTL)
    assert keyring.day_key(SATURDAY, key.expires_at_ms - 1, DAY_END, TTL) == key
    with pytest.raises(PrivacyError, match="2026-11-21 was destroyed") as refused:
        keyring.day_key(SATURDAY, key.expires_at_ms, DAY_END, TTL)
    assert refused.value.exit_code == 14


def test_shredding_takes_what_has_expired_and_leaves_a_tombstone(folder: Path):
    keyring = keyring_of(folder)
    key = keyring.day_key(FRIDAY, DAY_END, DAY_END, TTL)
    keyring.day_key(SATURDAY, DAY_END, DAY_END + TTL, TTL)
    assert keyring.shred_expired(key.expires_at_ms - 1) == []
    assert keyring.shred_expired(key.expires_at_ms) == [FRIDAY]
    assert keyring.shred_expired(key.expires_at_ms) == []
    for file in folder.iterdir():
        assert key.secret.hex() not in file.read_text()
    stored = json.loads((folder / FILE_NAME).read_text())["days"]
    assert stored["2026-11-20"]["destroyed_at_ms"] == key.expires_at_ms
    assert stored["2026-11-21"]["secret"]


def test_the_old_file_is_overwritten_where_it_lay(folder: Path):
    keyring = keyring_of(folder)
    key = keyring.day_key(FRIDAY, DAY_END, DAY_END, TTL)
    with (folder / FILE_NAME).open("rb") as old:
        keyring.shred_expired(key.expires_at_ms)
        assert not old.read().strip(b"\0")


def test_the_members_key_outlives_every_day(folder: Path):
    keyring = keyring_of(folder)
    members = keyring.long_lived("members", DAY_END)
    keyring.day_key(FRIDAY, DAY_END, DAY_END, TTL)
    keyring.shred_expired(DAY_END + 1000 * TTL)
    assert keyring.long_lived("members", DAY_END + 1000 * TTL) == members


def test_only_the_owner_may_read(folder: Path):
    keyring_of(folder).long_lived("members", 0)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / FILE_NAME).stat().st_mode) == 0o600


@pytest.mark.parametrize("wide", ["", FILE_NAME])
def test_keys_that_others_may_read_are_refused(folder: Path, wide: str):
    keyring_of(folder).long_lived("members", 0)
    (folder / wide).chmod(0o755)
    with pytest.raises(PrivacyError, match=r"others may read the keys\n.*chmod"):
        keyring_of(folder).long_lived("members", 0)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda text: "", id="empty"),
        pytest.param(lambda text: text[: len(text) // 2], id="cut"),
        pytest.param(lambda text: text.replace('"secret"', '"sekret"'), id="a field unknown"),
        pytest.param(lambda text: text.replace('"secret":"', '"secret":"00'), id="a key of another length"),
    ],
)
def test_a_damaged_keyring_is_never_replaced(folder: Path, damage):
    keyring_of(folder).long_lived("members", 0)
    file = folder / FILE_NAME
    good = json.dumps(json.loads(file.read_text()), separators=(",", ":"))
    file.write_text(damage(good))
    with pytest.raises(PrivacyError, match="damaged") as refused:
        keyring_of(folder).long_lived("members", 0)
    assert file.read_text() == damage(good)
    assert json.loads(good)["members"]["secret"] not in str(refused.value)


def test_what_a_killed_writer_left_is_swept(folder: Path):
    keyring_of(folder).long_lived("members", 0)
    left = folder / f".{FILE_NAME}.{2**22 + 1}.part"
    left.write_text("half a keyring")
    keyring_of(folder).day_key(FRIDAY, 0, DAY_END, TTL)
    assert not left.exists()


def test_a_keyring_that_cannot_be_written_gives_no_key(tmp_path: Path):
    (tmp_path / "data.keys").write_text("a file where the folder should be")
    with pytest.raises(SinkError):
        keyring_of(tmp_path / "data.keys").long_lived("members", 0)


def test_no_secret_is_shown(folder: Path):
    key = keyring_of(folder).day_key(FRIDAY, DAY_END, DAY_END, TTL)
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(key)


def test_derived_keys_differ_from_their_key_and_one_another():
    day_key = b"k" * 32
    assert len({day_key, spill_key(day_key), bytes.fromhex(key_id(day_key) * 4)}) == 3
    assert spill_key(day_key) != spill_key(b"q" * 32)


def test_the_refusal_survives_pickling():
    error = PrivacyError("what", "cure")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
