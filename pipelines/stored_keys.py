"""The keyring as JSON: keys, and tombstones of destroyed ones. What may be done with them is `pipelines.keyring`'s."""

import datetime

from pydantic import BaseModel, ConfigDict, ValidationError

from privacy.keys import KEY_BYTES, key_id
from schemas import PrivacyError

RESTORE = "bring the keyring back, or the backup that `shangquan keys backup` made; no new key is made in its place"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class StoredKey(_Strict):
    """A key as the keyring holds it; without a secret it is a tombstone."""

    key_id: str
    made_at_ms: int
    secret: str | None
    destroyed_at_ms: int | None = None

    def revealed(self) -> bytes:
        secret = bytes.fromhex(self.secret or "")
        if len(secret) != KEY_BYTES or key_id(secret) != self.key_id:
            raise ValueError("a key and its id disagree")
        return secret


class StoredDay(StoredKey):
    expires_at_ms: int


class Stored(_Strict):
    """All of a keyring."""

    version: int = 1
    days: dict[datetime.date, StoredDay] = {}
    members: StoredKey | None = None
    opt_outs: StoredKey | None = None
    own_devices: StoredKey | None = None

    def all(self) -> list[StoredKey]:
        long_lived = (self.members, self.opt_outs, self.own_devices)
        return [*self.days.values(), *(key for key in long_lived if key is not None)]


def parsed(data: bytes, name: str) -> Stored:
    """The keyring that `data` is; PrivacyError if it is damaged. `name` is how the message calls it."""
    try:
        keys = Stored.model_validate_json(data)
        for key in keys.all():
            if key.secret is not None:
                key.revealed()
    except (ValidationError, ValueError):
        raise PrivacyError(f"{name}: the keyring is damaged", RESTORE) from None
    return keys
