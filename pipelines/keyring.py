"""The keyring: a 0600 file in a 0700 folder beside the data folder, the one place where secrets lie.

Rewritten whole under a lock; a destroyed key leaves a tombstone, so that it is never made anew under the same day. What
is derived from a key lives in `privacy.keys`. Overwriting a file is a best effort: a copying file system, a snapshot or
a backup may still hold the old blocks.
"""

import datetime
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.files import remove_parts, unwritable, write_bytes
from privacy.keys import KEY_BYTES, DayKey, expiry, key_id
from schemas import PrivacyError

FILE_NAME = "keyring.json"
_LOCK_NAME = "lock"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class _StoredKey(_Strict):
    key_id: str
    made_at_ms: int
    secret: str | None

    def revealed(self) -> bytes:
        secret = bytes.fromhex(self.secret or "")
        if len(secret) != KEY_BYTES or key_id(secret) != self.key_id:
            raise ValueError("a key and its id disagree")
        return secret


class _StoredDay(_StoredKey):
    expires_at_ms: int
    destroyed_at_ms: int | None = None


class _Stored(_Strict):
    version: int = 1
    days: dict[datetime.date, _StoredDay] = {}
    members: _StoredKey | None = None


class Keyring:
    """The keys of one data folder. Any number of processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        """`folder`: OUT.keys; made at first use."""
        self._folder = folder
        self._file = folder / FILE_NAME

    def day_key(self, date: datetime.date, now_ms: int, day_end_ms: int, ttl_ms: int, *, store: bool = True) -> DayKey:
        """The key of a trading day, made at its first use; PrivacyError once it has expired or been destroyed.

        With `store` False a new key is only handed out: `store` it before anything made with it is published.
        """
        with self._locked():
            keys = self._read()
            if self._shred(keys, now_ms):
                self._write(keys)
            if date in keys.days:
                return _usable(date, keys.days[date])
            secret = secrets.token_bytes(KEY_BYTES)
            key = DayKey(date, key_id(secret), now_ms, expiry(now_ms, day_end_ms, ttl_ms), secret)
            if store:
                keys.days[date] = _stored(key)
                self._write(keys)
            return key

    def kept_day_key(self, date: datetime.date, now_ms: int) -> DayKey:
        """The key of a day that has one; PrivacyError if it was destroyed, or is of no day that this keyring knows."""
        with self._locked():
            keys = self._read()
            if self._shred(keys, now_ms):
                self._write(keys)
            if date not in keys.days:
                raise PrivacyError(
                    f"{date}: this keyring has no key of that day", "bring the keyring back, or run the day"
                )
            return _usable(date, keys.days[date])

    def expiries(self, now_ms: int) -> dict[datetime.date, int]:
        """When the key of each day whose key still lives expires, by day."""
        with self._locked():
            days = self._read().days
        return {
            date: days[date].expires_at_ms
            for date in sorted(days)
            if days[date].secret and days[date].expires_at_ms > now_ms
        }

    def store(self, key: DayKey) -> None:
        """Keep a key that `day_key` handed out; PrivacyError if the day has got another one meanwhile."""
        with self._locked():
            keys = self._read()
            if key.date not in keys.days:
                keys.days[key.date] = _stored(key)
                self._write(keys)
            elif keys.days[key.date].key_id != key.key_id:
                raise PrivacyError(f"{key.date}: another run has made this day's key meanwhile", "run the day again")

    def members_key(self, now_ms: int) -> bytes:
        """The long-lived key of consenting members' devices, made at first use."""
        with self._locked():
            keys = self._read()
            if keys.members is None:
                secret = secrets.token_bytes(KEY_BYTES)
                keys.members = _StoredKey(key_id=key_id(secret), made_at_ms=now_ms, secret=secret.hex())
                self._write(keys)
            return keys.members.revealed()

    def shred_expired(self, now_ms: int) -> list[datetime.date]:
        """Destroys every key that has expired; the days whose key went, in order. What they made stays unlinkable."""
        with self._locked():
            keys = self._read()
            destroyed = self._shred(keys, now_ms)
            if destroyed:
                self._write(keys)
            return destroyed

    def _shred(self, keys: _Stored, now_ms: int) -> list[datetime.date]:
        expired = [date for date, key in keys.days.items() if key.secret and key.expires_at_ms <= now_ms]
        for date in expired:
            keys.days[date].secret = None
            keys.days[date].destroyed_at_ms = now_ms
        return sorted(expired)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self._folder / _LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise unwritable(self._file, error) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _read(self) -> _Stored:
        _refuse_wide(self._folder, "700")
        if not self._file.exists():
            return _Stored()
        _refuse_wide(self._file, "600")
        try:
            keys = _Stored.model_validate_json(self._file.read_bytes())
            for key in [*keys.days.values(), *([keys.members] if keys.members else [])]:
                if key.secret is not None:
                    key.revealed()
        except (ValidationError, ValueError):
            raise PrivacyError(
                f"{self._file}: the keyring is damaged",
                "bring it back from your backup of the keys; no new one is made",
            ) from None
        return keys

    def _write(self, keys: _Stored) -> None:
        """The new keyring in place of the old, whose bytes are overwritten after the switch."""
        remove_parts(self._folder)
        old = os.open(self._file, os.O_WRONLY) if self._file.exists() else None
        try:
            write_bytes(self._file, keys.model_dump_json(indent=1).encode(), mode=0o600)
            if old is not None:
                os.write(old, bytes(os.fstat(old).st_size))
                os.fsync(old)
        finally:
            if old is not None:
                os.close(old)


def _stored(key: DayKey) -> _StoredDay:
    return _StoredDay(
        key_id=key.key_id, made_at_ms=key.made_at_ms, secret=key.secret.hex(), expires_at_ms=key.expires_at_ms
    )


def _usable(date: datetime.date, stored: _StoredDay) -> DayKey:
    if stored.secret is None:
        raise PrivacyError(
            f"the key of {date} was destroyed, as promised: this day can no longer be restated",
            "late files of it count as too-late; a longer privacy.key_ttl helps from the next day on",
        )
    return DayKey(date, stored.key_id, stored.made_at_ms, stored.expires_at_ms, stored.revealed())


def _refuse_wide(path: Path, mode: str) -> None:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise PrivacyError(f"{path}: others may read the keys", f"chmod {mode} {path}")
