"""Addresses to pseudonyms: HMAC-SHA-256 under a key, as int64.

An unkeyed hash of a MAC is reversible in seconds (privacy R10), hence the key. How keys are made, kept and destroyed
lives in `privacy.keys` and `pipelines.keyring`; which key an address goes under is decided in `ingest`.
"""

import hmac
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

NO_MAC = np.uint64(2**64 - 1)  # in a column of MACs: this row's address is none
LOCAL_BIT = np.uint64(0x02 << 40)  # of the first octet: locally administered, IEEE 802-2014 8.4

_POSITIVE = np.int64(0x7FFF_FFFF_FFFF_FFFF)
_SIGN = np.int64(-0x8000_0000_0000_0000)


class Pseudonyms:
    """The pseudonyms under one key. An address costs 2 microseconds: give it distinct ones."""

    def __init__(self, key: bytes, *, members: bool) -> None:
        """`members`: the members' form (< 0), else a day's (>= 0)."""
        self._key = key
        self._members = members

    def of_macs(self, macs: NDArray[np.uint64]) -> NDArray[np.int64]:
        """One pseudonym per MAC (48-bit values): of its six bytes."""
        raw = macs.astype(">u8").tobytes()
        return self._of([raw[at + 2 : at + 8] for at in range(0, len(raw), 8)])

    def of_texts(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """One pseudonym per opaque address: of its UTF-8 bytes."""
        return self._of([text.encode() for text in texts])

    def of_addresses(self, macs: NDArray[np.uint64], texts: Sequence[str]) -> NDArray[np.int64]:
        """One pseudonym per address, first of the MACs, then of the others."""
        return np.append(self.of_macs(macs), self.of_texts(texts))

    def of_rows(self, macs: NDArray[np.uint64], opaque: pa.DictionaryArray | None) -> NDArray[np.int64]:
        """One pseudonym a row, each distinct address hashed once; a row of `NO_MAC` is read from `opaque`."""
        unique, index = np.unique(macs, return_inverse=True)
        pseudonyms = self.of_macs(unique)[index]
        if opaque is not None:
            rows = np.flatnonzero(macs == NO_MAC)
            codes = opaque.indices.take(pa.array(rows)).to_numpy()
            pseudonyms[rows] = self.of_texts(opaque.dictionary.to_pylist())[codes]
        return pseudonyms

    def _of(self, addresses: Sequence[bytes]) -> NDArray[np.int64]:
        key, digest = self._key, hmac.digest
        heads = b"".join([digest(key, address, "sha256")[:8] for address in addresses])
        positive = np.frombuffer(heads, ">i8").astype(np.int64) & _POSITIVE
        return positive | _SIGN if self._members else positive


def is_random(macs: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Whether each MAC is locally administered, as phones that hide theirs use (privacy R12)."""
    random: NDArray[np.bool_] = (macs & LOCAL_BIT) != 0
    return random
