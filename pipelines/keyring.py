"""The keyring: which keys there are, how long they live, and what is left of them. The one place that makes a key.

A destroyed key leaves a tombstone, so that it is never made anew under the same day; one that should be there and is
not is an error, never a silent new one. Where the bytes lie is `pipelines.keystore`'s; what is derived from a key,
`privacy.keys`.
"""

import datetime
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from pipelines.keystore import KeyStore
from pipelines.stored_keys import RESTORE, Stored, StoredDay, StoredKey, parsed
from privacy.keys import KEY_BYTES, DayKey, expiry, key_id
from schemas import PrivacyError

LongLived = Literal["members", "opt_outs", "own_devices"]
LONG_LIVED: tuple[LongLived, ...] = ("members", "opt_outs", "own_devices")


class Keyring:
    """The keys of one data folder. Any number of processes may use it at once."""

    def __init__(self, store: KeyStore) -> None:
        self._store = store

    def day_key(
        self,
        date: datetime.date,
        now_ms: int,
        day_end_ms: int,
        ttl_ms: int,
        *,
        store: bool = True,
        was_used: bool = False,
        fresh: bytes | None = None,
    ) -> DayKey:
        """The key of a trading day, made at its first use; PrivacyError once it has expired, been destroyed or lost.

        With `store` False a new key is only handed out: `store` it before anything made with it is published.
        `was_used`: the day is published, so a keyring without its key has lost it. `fresh`: the secret of a new key,
        where workers have used it already (`privacy.keys.fresh_day_key`).
        """
        with self._opened(now_ms) as keys:
            if date in keys.days:
                return _usable(date, keys.days[date])
            if was_used:
                raise PrivacyError(f"{date}: the key of this published day is not in {self._store.name}", RESTORE)
            secret = secrets.token_bytes(KEY_BYTES) if fresh is None else fresh
            key = DayKey(date, key_id(secret), now_ms, expiry(now_ms, day_end_ms, ttl_ms), secret)
            if store:
                keys.days[date] = _stored(key)
            return key

    def kept_day_key(self, date: datetime.date, now_ms: int) -> DayKey:
        """The key of a day that has one; PrivacyError if it was destroyed, or is of no day that this keyring knows."""
        with self._opened(now_ms) as keys:
            if date not in keys.days:
                raise PrivacyError(
                    f"{date}: this keyring has no key of that day", "bring the keyring back, or run the day"
                )
            return _usable(date, keys.days[date])

    def expiries(self, now_ms: int) -> dict[datetime.date, int]:
        """When the key of each day whose key still lives expires, by day."""
        days = self.keys().days
        return {
            date: days[date].expires_at_ms
            for date in sorted(days)
            if days[date].secret and days[date].expires_at_ms > now_ms
        }

    def keys(self) -> Stored:
        """Every key and tombstone, as they are now."""
        with self._store.locked():
            return self._read()

    def store(self, key: DayKey) -> None:
        """Keep a key that `day_key` handed out; PrivacyError if the day has got another one meanwhile."""
        with self._opened() as keys:
            if key.date not in keys.days:
                keys.days[key.date] = _stored(key)
            elif keys.days[key.date].key_id != key.key_id:
                raise PrivacyError(f"{key.date}: another run has made this day's key meanwhile", "run the day again")

    def long_lived(self, name: LongLived, now_ms: int, *, was_used: bool = False) -> bytes:
        """The key of members' devices, or of a list of addresses; made at first use.

        PrivacyError once it is destroyed, or if it `was_used` and is not there.
        """
        with self._opened() as keys:
            key: StoredKey | None = getattr(keys, name)
            if key is None and was_used:
                lost = f"the {_named(name)} is not in {self._store.name}, and what was made with it is kept"
                raise PrivacyError(lost, RESTORE)
            if key is None:
                secret = secrets.token_bytes(KEY_BYTES)
                key = StoredKey(key_id=key_id(secret), made_at_ms=now_ms, secret=secret.hex())
                setattr(keys, name, key)
            if key.secret is None:
                raise PrivacyError(f"the {_named(name)} was destroyed: what it named is unlinkable for good")
            return key.revealed()

    def shred_expired(self, now_ms: int) -> list[datetime.date]:
        """Destroys every key that has expired; the days whose key went, in order. What they made stays unlinkable."""
        with self._opened() as keys:
            return _shred_expired(keys, now_ms)

    def shred_day(self, date: datetime.date, now_ms: int) -> None:
        """Destroys a day's key before its time; PrivacyError if there is none to destroy."""
        with self._opened() as keys:
            if date not in keys.days or keys.days[date].secret is None:
                raise PrivacyError(f"{date}: there is no key of that day to destroy", "see `shangquan keys list`")
            _destroy(keys.days[date], now_ms)

    def shred_long_lived(self, name: LongLived, now_ms: int) -> None:
        """Destroys a key that no day ends; PrivacyError if there is none to destroy."""
        with self._opened() as keys:
            key: StoredKey | None = getattr(keys, name)
            if key is None or key.secret is None:
                raise PrivacyError(f"there is no {_named(name)} to destroy", "see `shangquan keys list`")
            _destroy(key, now_ms)

    def backup(self) -> bytes:
        """The long-lived keys alone: a copy of a day's key would outlive its destruction."""
        keys = self.keys()
        return Stored(**{name: getattr(keys, name) for name in LONG_LIVED}).model_dump_json(indent=1).encode()

    def restore(self, backup: bytes) -> list[LongLived]:
        """Takes the keys of a backup that this keyring lacks; PrivacyError if it has others, or destroyed them."""
        kept, restored = parsed(backup, "the backup"), []
        with self._opened() as keys:
            for name in LONG_LIVED:
                old, new = getattr(keys, name), getattr(kept, name)
                if old is not None and new is not None and (old.key_id != new.key_id or old.secret is None):
                    raise PrivacyError(f"this keyring has another {_named(name)}, or destroyed it: nothing was changed")
                if old is None and new is not None:
                    setattr(keys, name, new)
                    restored.append(name)
        return restored

    @contextmanager
    def _opened(self, now_ms: int | None = None) -> Iterator[Stored]:
        """The keyring to look at or change; written back if it was. With `now_ms`, what has expired is destroyed."""
        with self._store.locked():
            keys = self._read()
            before = keys.model_dump_json()
            if now_ms is not None and _shred_expired(keys, now_ms):
                self._write(keys)  # also if what follows raises
                before = keys.model_dump_json()
            yield keys
            if keys.model_dump_json() != before:
                self._write(keys)

    def _read(self) -> Stored:
        data = self._store.read()
        return Stored() if data is None else parsed(data, self._store.name)

    def _write(self, keys: Stored) -> None:
        self._store.write(keys.model_dump_json(indent=1).encode())


def _shred_expired(keys: Stored, now_ms: int) -> list[datetime.date]:
    expired = [date for date, key in keys.days.items() if key.secret and key.expires_at_ms <= now_ms]
    for date in expired:
        _destroy(keys.days[date], now_ms)
    return sorted(expired)


def _destroy(key: StoredKey, now_ms: int) -> None:
    key.secret = None
    key.destroyed_at_ms = now_ms


def _named(name: LongLived) -> str:
    return {"members": "members' key", "opt_outs": "opt-out key", "own_devices": "key of own devices"}[name]


def _stored(key: DayKey) -> StoredDay:
    return StoredDay(
        key_id=key.key_id, made_at_ms=key.made_at_ms, secret=key.secret.hex(), expires_at_ms=key.expires_at_ms
    )


def _usable(date: datetime.date, stored: StoredDay) -> DayKey:
    if stored.secret is None:
        raise PrivacyError(
            f"the key of {date} was destroyed, as promised: this day can no longer be restated",
            "late files of it count as too-late; a longer privacy.key_ttl helps from the next day on",
        )
    return DayKey(date, stored.key_id, stored.made_at_ms, stored.expires_at_ms, stored.revealed())
