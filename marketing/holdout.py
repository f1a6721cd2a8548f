"""Who is kept back as control: the same members whenever, wherever and by whomever it is computed."""

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def held_out(members: Iterable[str], name: str, share: float, salt: str = "") -> NDArray[np.bool_]:
    """True for the `share` of members that audience or campaign `name` keeps back.

    A member's place depends on name, salt and member alone: who joins later changes nobody, a larger share only adds,
    and two campaigns keep back independent groups. A new salt draws anew.
    """
    key = hashlib.blake2b(f"{len(name)}:{name}{salt}".encode(), digest_size=32).digest()
    limit = round(share * 2**64)
    return np.array([_place(member, key) < limit for member in members], dtype=np.bool_)


def _place(member: str, key: bytes) -> int:
    """Uniform in 0 .. 2**64 - 1."""
    return int.from_bytes(hashlib.blake2b(member.encode(), key=key, digest_size=8).digest(), "big")
