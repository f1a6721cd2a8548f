"""Consent in time: who had agreed to what at an instant, and whether the list of consents is fresh enough to be used.

    given                 withdrawn
      |--- in force --------)            half-open: at `withdrawn` it is over

Several consents of one member for one purpose add up. Reading the files lives in `privacy.consent_files`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from schemas import PrivacyError

FOR_EVER = 2**62

Intervals = dict[str, list[tuple[int, int]]]  # member -> [(given, withdrawn)], half-open, in no order
Consents = dict[tuple[str, str], Intervals]  # by purpose and merchant


@dataclass(frozen=True)
class ConsentProof:
    """Which list of consents an export rests on: its digest, the instant it was true at, and the age allowed."""

    sha256: str
    as_of_ms: int
    max_age_ms: int


def in_force(consents: pa.Table, purpose: str, at_ms: int, merchant: str = "") -> set[str]:
    """The members whose consent (CONSENT) to `purpose`, for `merchant` or the district (empty), is in force then."""
    wanted = pc.and_(pc.equal(consents["purpose"], purpose), pc.equal(consents["merchant"], merchant))
    given = pc.less_equal(consents["given_ms"], at_ms)
    not_over = pc.greater(pc.fill_null(consents["withdrawn_ms"], FOR_EVER), at_ms)
    return set(consents.filter(pc.and_(wanted, pc.and_(given, not_over)))["member"].to_pylist())


def by_purpose(consents: pa.Table) -> Consents:
    """CONSENT, to be asked many times for many members, instants and merchants. Make it once."""
    known: Consents = {}
    ends = pc.fill_null(consents["withdrawn_ms"], FOR_EVER)
    columns = (*(consents[name] for name in ("purpose", "merchant", "member", "given_ms")), ends)
    rows = zip(*(column.to_pylist() for column in columns), strict=True)
    for purpose, merchant, member, given, withdrawn in rows:
        known.setdefault((purpose, merchant), {}).setdefault(member, []).append((given, withdrawn))
    return known


def were_in_force(
    known: Intervals, members: Sequence[str | None], at_ms: Sequence[int] | NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Row by row: had this member agreed at this instant? `known` is of one purpose; null is nobody."""
    pairs = zip(members, at_ms, strict=True)
    return np.array([_covered(known.get(member or "", []), int(at)) for member, at in pairs], dtype=np.bool_)


def require_fresh(as_of_ms: int, now_ms: int, max_age_ms: int, what: str = "consents.csv") -> None:
    """Returns if `what` is at most `max_age_ms` old and not from the future; raises PrivacyError otherwise."""
    age_ms = now_ms - as_of_ms
    if age_ms < 0:
        raise PrivacyError(f"{what} is dated {_length(-age_ms)} in the future", "set the clocks right, then run again")
    if age_ms > max_age_ms:
        raise PrivacyError(
            f"{what} is {_length(age_ms)} old, the limit is {_length(max_age_ms)}: nothing was exported",
            "deliver a current list of consents, then run again",
        )


def _covered(spans: list[tuple[int, int]], at_ms: int) -> bool:
    return any(given <= at_ms < withdrawn for given, withdrawn in spans)


def _length(ms: int) -> str:
    """A duration in its largest two units: `2 d 3 h`."""
    minutes = ms // 60_000
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {rest} min" if hours else f"{rest} min {ms // 1000 % 60} s"
