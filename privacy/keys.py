"""What a key is and what is derived from it. Making, storing and destroying keys lives in `pipelines.keyring`."""

import datetime
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

KEY_BYTES = 32


@dataclass(frozen=True)
class DayKey:
    """The strangers' key of one trading day. `secret` is in no `repr`, so in no log or traceback.

    From `expires_at_ms` on (inclusive) it must not be used: it is destroyed, and what it made can no longer be linked.
    """

    date: datetime.date
    key_id: str
    made_at_ms: int
    expires_at_ms: int
    secret: bytes = field(repr=False)


def expiry(now_ms: int, day_end_ms: int, ttl_ms: int) -> int:
    """When a key made now expires: `ttl` after its day, or after this run if that is past (a back-fill)."""
    return ttl_ms + (now_ms if now_ms >= day_end_ms + ttl_ms else day_end_ms)


def key_id(secret: bytes) -> str:
    """A public name of a key, 16 hex digits; tells nothing about it (RFC 5869, 2.3)."""
    return _derived(secret, b"shangquan key id", 8).hex()


def fresh_day_key(run: bytes, date: datetime.date) -> bytes:
    """The secret of a day that has no key yet, when many workers must make the same: from the secret of their run.

    `run` is random, and forgotten with the run: from then on no key so made tells anything of another.
    """
    return _derived(run, f"shangquan day key {date}".encode(), KEY_BYTES)


def spill_key(day_key: bytes) -> bytes:
    """The key under which a day's spill, shuffle and snapshots are encrypted: it dies with the day's."""
    return _derived(day_key, b"shangquan spill", KEY_BYTES)


def unregistered_key(day_key: bytes) -> bytes:
    """The key under which the MAC of an unregistered access point becomes a name."""
    return _derived(day_key, b"shangquan unregistered access point", KEY_BYTES)


def export_key(members_key: bytes) -> bytes:
    """The key under which a member becomes a token of one merchant and one export."""
    return _derived(members_key, b"shangquan export token", KEY_BYTES)


def _derived(secret: bytes, label: bytes, length: int) -> bytes:
    return HKDFExpand(SHA256(), length, label).derive(secret)
