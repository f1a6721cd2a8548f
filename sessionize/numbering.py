"""The number of a visit: the same on every engine and at every run, and nothing that links two days.

What does not live here: names of people or devices; a subject is a pseudonym already.

    visit_id = first 8 bytes, little-endian, without the top bit, of blake2b-64 over
               blake2b-256(definition 0x00 district 0x00 site 0x00 day) | subject | start_ms   (int64, little-endian)

The second message is one block of BLAKE2b (RFC 7693), so that a million visits are numbered by one compiled loop in a
tenth of the time that hashlib's calls take; `visit_id` is the same by hashlib, for one visit.
"""

import datetime
import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.compiled import compiled

_POSITIVE = (1 << 63) - 1

# RFC 7693 section 2.6 (initialisation vector) and 2.7 (message schedule; rounds 10 and 11 repeat 0 and 1).
_IV = np.array(
    [
        0x6A09E667F3BCC908,
        0xBB67AE8584CAA73B,
        0x3C6EF372FE94F82B,
        0xA54FF53A5F1D36F1,
        0x510E527FADE682D1,
        0x9B05688C2B3E6C1F,
        0x1F83D9ABFB41BD6B,
        0x5BE0CD19137E2179,
    ],
    dtype=np.uint64,
)
_SIGMA = np.array(
    [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
        [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
        [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
        [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
        [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    ]
)
_LENGTH = 48  # bytes of the message: 32 of the prefix, 8 of the subject, 8 of the start
_PARAMETERS = 0x01010008  # digest of 8 bytes, no key, sequential


def visit_id(definition: str, district: str, site: str, day: datetime.date, subject: int, start_ms: int) -> int:
    """The number of one visit. `definition` is `VisitRules.name`; `site` is empty in scope district."""
    ends = subject.to_bytes(8, "little", signed=True) + start_ms.to_bytes(8, "little", signed=True)
    digest = hashlib.blake2b(_prefix(definition, district, site, day) + ends, digest_size=8).digest()
    return int.from_bytes(digest, "little") & _POSITIVE


def visit_ids(
    definition: str,
    district: str,
    places_and_days: list[tuple[str, datetime.date]],
    group: NDArray[Any],
    subject: NDArray[np.int64],
    start_ms: NDArray[np.int64],
) -> NDArray[np.int64]:
    """The numbers of many visits; `group` says which (site, day) of `places_and_days` each one has."""
    prefixes = [_prefix(definition, district, site, day) for site, day in places_and_days]
    words = np.frombuffer(b"".join(prefixes), dtype="<u8").astype(np.uint64).reshape(-1, 4)
    numbers = np.empty(len(subject), np.uint64)
    _hash(words, group, subject.view(np.uint64), start_ms.view(np.uint64), _IV, _SIGMA, numbers)
    return (numbers & np.uint64(_POSITIVE)).view(np.int64)


def _prefix(definition: str, district: str, site: str, day: datetime.date) -> bytes:
    text = "\0".join((definition, district, site, day.isoformat()))
    return hashlib.blake2b(text.encode(), digest_size=32).digest()


@compiled
def _hash(prefixes: Any, group: Any, subject: Any, start_ms: Any, iv: Any, sigma: Any, numbers: Any) -> None:
    """RFC 7693 section 3.2, F with one final block; only the first word of the hash is needed."""
    m = np.zeros(16, np.uint64)
    first = iv[0] ^ np.uint64(_PARAMETERS)
    for i in range(len(numbers)):
        m[:4] = prefixes[group[i]]
        m[4] = subject[i]
        m[5] = start_ms[i]
        v0, v1, v2, v3, v4, v5, v6, v7 = first, iv[1], iv[2], iv[3], iv[4], iv[5], iv[6], iv[7]
        v8, v9, va, vb, vc, vd, ve, vf = iv[0], iv[1], iv[2], iv[3], iv[4], iv[5], iv[6], iv[7]
        vc ^= np.uint64(_LENGTH)
        ve = ~ve
        for turn in range(12):
            s = sigma[turn]
            v0, v4, v8, vc = _mixed(v0, v4, v8, vc, m[s[0]], m[s[1]])
            v1, v5, v9, vd = _mixed(v1, v5, v9, vd, m[s[2]], m[s[3]])
            v2, v6, va, ve = _mixed(v2, v6, va, ve, m[s[4]], m[s[5]])
            v3, v7, vb, vf = _mixed(v3, v7, vb, vf, m[s[6]], m[s[7]])
            v0, v5, va, vf = _mixed(v0, v5, va, vf, m[s[8]], m[s[9]])
            v1, v6, vb, vc = _mixed(v1, v6, vb, vc, m[s[10]], m[s[11]])
            v2, v7, v8, vd = _mixed(v2, v7, v8, vd, m[s[12]], m[s[13]])
            v3, v4, v9, ve = _mixed(v3, v4, v9, ve, m[s[14]], m[s[15]])
        numbers[i] = first ^ v0 ^ v8


@compiled
def _mixed(a: Any, b: Any, c: Any, d: Any, x: Any, y: Any) -> tuple[Any, Any, Any, Any]:
    """RFC 7693 section 3.1, G."""
    a += b + x
    d = _turned(d ^ a, np.uint64(32))
    c += d
    b = _turned(b ^ c, np.uint64(24))
    a += b + y
    d = _turned(d ^ a, np.uint64(16))
    c += d
    b = _turned(b ^ c, np.uint64(63))
    return a, b, c, d


@compiled
def _turned(word: Any, by: Any) -> Any:
    """`word` rotated right."""
    return (word >> by) | (word << (np.uint64(64) - by))
