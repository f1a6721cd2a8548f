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

Intervals = dict[str, list[tuple[int, int]]]


@dataclass(frozen=True)
class ConsentProof:
    """Which list of consents an export rests on: its digest, the instant it was true at, and the age allowed."""

    sha256: str
    as_of_ms: int
    max_age_ms: int


def in_force(consents: pa.Table, purpose: str, at_ms: int, merchant: str = "") -> set[str]:
    """The members whose consent to `purpose` (for `merchant`; empty: the district) is in force at `at_ms`."""
    known = intervals(consents, purpose, merchant)
    return {member for member, spans in known.items() if _covered(spans, at_ms)}


def were_in_force(
    known: Intervals, members: Sequence[str | None], at_ms: Sequence[int] | NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Row by row: had this member agreed at this instant? `known` comes from `intervals`; null is nobody."""
    pairs = zip(members, at_ms, strict=True)
    return np.array([_covered(known.get(member or "", []), int(at)) for member, at in pairs], dtype=np.bool_)


def intervals(consents: pa.Table, purpose: str, merchant: str = "") -> Intervals:
    """Each member's half-open intervals of consent to `purpose`, in no order."""
    wanted = pc.and_(pc.equal(consents["purpose"], purpose), pc.equal(consents["merchant"], merchant))
    rows = consents.filter(wanted)
    spans: Intervals = {}
    ends = pc.fill_null(rows["withdrawn_ms"], FOR_EVER).to_pylist()
    for member, given, withdrawn in zip(rows["member"].to_pylist(), rows["given_ms"].to_pylist(), ends, strict=True):
        spans.setdefault(member, []).append((given, withdrawn))
    return spans


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
