"""Addresses to pseudonyms: HMAC-SHA-256 under a key, as int64, each distinct address hashed once.

An unkeyed hash of a MAC is reversible in seconds (privacy R10), hence the key. How keys are made, kept and destroyed
lives in `privacy.keys` and `pipelines.keyring`; which key an address goes under is decided in `ingest`.
"""

import hmac
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

NO_MAC = np.uint64(2**64 - 1)  # in a column of MACs: this row's address is none
LOCAL_BIT = np.uint64(0x02 << 40)  # of the first octet: locally administered, IEEE 802-2014 8.4
REMEMBERED = 1 << 20  # distinct addresses; some 150 MB at most

_POSITIVE = 0x7FFF_FFFF_FFFF_FFFF
_SIGN = -0x8000_0000_0000_0000


class Pseudonyms:
    """The pseudonyms under one key. It remembers what it has hashed, so a log read in batches hashes an address once.

    Holds addresses: it lives in memory, for the time of one job, and is never pickled or written. Threads may share it.
    """

    def __init__(self, key: bytes, *, members: bool) -> None:
        """`members`: the members' form (< 0), else a day's (>= 0)."""
        self._key = key
        self._members = members
        self._known: dict[int | str, int] = {}

    def of_macs(self, macs: NDArray[np.uint64]) -> NDArray[np.int64]:
        """One pseudonym per MAC (48-bit values, big-endian); best called with distinct ones."""
        return self._of(macs.tolist(), self._hash_macs)

    def of_texts(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """One pseudonym per opaque address: of its UTF-8 bytes."""
        return self._of(texts, self._hash_texts)

    def _of(self, addresses: Sequence[Any], hashed: Callable[[Sequence[Any]], list[int]]) -> NDArray[np.int64]:
        if len(self._known) > REMEMBERED:
            self._known = {}
        known = self._known
        fresh = [address for address in addresses if address not in known]
        known.update(zip(fresh, hashed(fresh), strict=True))
        return np.fromiter(map(known.__getitem__, addresses), np.int64, len(addresses))

    def _hash_macs(self, macs: Sequence[int]) -> list[int]:
        raw = np.array(macs, ">u8").tobytes()
        return self._hash([raw[at + 2 : at + 8] for at in range(0, len(raw), 8)])

    def _hash_texts(self, texts: Sequence[str]) -> list[int]:
        return self._hash([text.encode() for text in texts])

    def _hash(self, addresses: Sequence[bytes]) -> list[int]:
        key, digest = self._key, hmac.digest
        heads = b"".join([digest(key, address, "sha256")[:8] for address in addresses])
        positive = np.frombuffer(heads, ">i8").astype(np.int64) & _POSITIVE
        pseudonyms: list[int] = (positive | _SIGN if self._members else positive).tolist()
        return pseudonyms


def is_random(macs: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Whether each MAC is locally administered, as phones that hide theirs use (privacy R12)."""
    random: NDArray[np.bool_] = (macs & LOCAL_BIT) != 0
    return random


def distinct(
    macs: NDArray[np.uint64], opaque: pa.Array | None
) -> tuple[NDArray[np.uint64], list[str], NDArray[np.int64]]:
    """The distinct MACs, the distinct opaque addresses, and each row's index into both laid end to end.

    A row whose MAC is `NO_MAC` is read from `opaque` (strings, dictionary-encoded or not), which is null elsewhere.
    """
    coded = pa.array(macs, mask=macs == NO_MAC).dictionary_encode()
    unique = coded.dictionary.to_numpy()
    index = coded.indices.fill_null(0).to_numpy().astype(np.int64)
    if opaque is None:
        return unique, [], index
    texts = opaque if pa.types.is_dictionary(opaque.type) else opaque.dictionary_encode()
    at_text = np.flatnonzero(macs == NO_MAC)
    index[at_text] = len(unique) + texts.indices.take(pa.array(at_text)).to_numpy()
    return unique, texts.dictionary.to_pylist(), index
