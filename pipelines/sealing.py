"""Bytes at rest, sealed under a key derived from a day's: AES-GCM, a nonce for each seal, bound to its place."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12


class Broken(Exception):
    """What was to be opened is damaged, moved, or sealed under another key."""


class Sealer:
    """Seals and opens under one key."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, place: bytes) -> bytes:
        """`plain`, readable only with the key and only as what lies at `place`."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """What `seal` was given; Broken if this is not it."""
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], place)
        except (InvalidTag, ValueError) as error:
            raise Broken(place.decode()) from error
