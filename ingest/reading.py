"""What a parser gives back for one chunk, and the verdict on each record: kept, refused, or passed over.

A Reading holds addresses: it lives in memory only. `settled` is the one place where records become a Reading, so that
none is lost: read = rows + refused + passed over.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest import scan
from ingest.clocks import EARLIEST_MS, LATEST_MS
from ingest.words import Words
from schemas.rejected import REASONS

NO_MAC = scan.NO_MAC
NO_SIGNAL = -32_768
NO_TIME = -(1 << 63)
LONGEST_LINE = 1 << 20

# Records that are in order and say nothing about where a device is. Places in this list are compiled into the parsers.
IGNORED = (
    "header",
    "blank",
    "authenticated-only",
    "other-message",
    "other-program",
    "other-kind",
    "no-observation",
    "bad-checksum",
    "radio-change",
    "roamed-away",
    "refused-association",
    "no-place",
    "nas-restart",
)
KEPT = 0


def refused(reason: str) -> int:
    """The verdict `rejected` for one of schemas.rejected.REASONS: positive."""
    return 1 + REASONS.index(reason)


def passed_over(reason: str) -> int:
    """The verdict `ignored` for one of IGNORED: negative."""
    return -1 - IGNORED.index(reason)


@dataclass(frozen=True)
class Reject:
    """The lines refused for one reason, in order; a line with several bad records occurs several times."""

    line: npt.NDArray[np.int64]
    reason: str


@dataclass(frozen=True)
class Restarts:
    """Instants at which a controller began anew or went down, each with the name of its clock: all its links ended."""

    at_ms: npt.NDArray[np.int64]
    clock: list[str]


@dataclass(frozen=True)
class Signs:
    """Instants at which an access point proved alive by a record that is no sighting, each with the log's key of it.

    `clock` and `received_ms` as in a Reading.
    """

    at_ms: npt.NDArray[np.int64]
    ap: pa.DictionaryArray
    clock: pa.DictionaryArray | None = None
    received_ms: npt.NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Reading:
    """The sightings of one chunk in the order of its lines, and what became of every other record.

    `mac` is a 48-bit big-endian number, NO_MAC where the address is no MAC; then it is in `opaque` (null elsewhere;
    None if there is none). `ap` is the log's key of the AP; an AP named by its MAC stands as `aa:bb:cc:dd:ee:ff`.
    `signal_dbm` is NO_SIGNAL where the log has none. `line` counts from 1 in the file.

    What only some logs say is None where this one does not: `clock`, the name of the clock that stamped the row (null
    where it is the feed's own); `received_ms`, the instant of the row on the receiver's clock (NO_TIME where it is not
    known); `user`, the account that logged in with the row's device (null where nobody did). `restarts` are records
    that name no device; they are ignored as such, and so are those behind `signs`. `ignored_lines` are the lines of
    those ignored, in order, by reason.
    """

    at_ms: npt.NDArray[np.int64]
    mac: npt.NDArray[np.uint64]
    opaque: pa.DictionaryArray | None
    ap: pa.DictionaryArray
    kind: npt.NDArray[np.int8]
    signal_dbm: npt.NDArray[np.int16]
    line: npt.NDArray[np.int64]
    rejects: list[Reject]
    ignored: dict[str, int]
    read: int
    clock: pa.DictionaryArray | None = None
    received_ms: npt.NDArray[np.int64] | None = None
    user: pa.DictionaryArray | None = None
    restarts: Restarts | None = None
    signs: Signs | None = None
    ignored_lines: dict[str, npt.NDArray[np.int64]] = field(default_factory=dict)

    @property
    def instants(self) -> npt.NDArray[np.int64]:
        """Those of rows, restarts and signs of life."""
        others = (told.at_ms for told in (self.restarts, self.signs) if told is not None)
        return np.concatenate((self.at_ms, *others))


@dataclass(frozen=True)
class Records:
    """Every record of a chunk, also those that will not be kept: n values in each column.

    `opaque` is None where every address is a MAC; `clock`, `received_ms`, `user` and `restarts` as in a Reading.
    `unfinished`: the chunk's last line lacks its line end.
    """

    verdict: npt.NDArray[np.int8]
    line: npt.NDArray[np.int64]
    at_ms: npt.NDArray[np.int64]
    mac: npt.NDArray[np.uint64]
    opaque: Words | None
    ap: Words
    kind: npt.NDArray[np.int8]
    signal_dbm: npt.NDArray[np.int16]
    unfinished: bool = False
    clock: Words | None = None
    received_ms: npt.NDArray[np.int64] | None = None
    user: Words | None = None
    restarts: Restarts | None = None


def settled(records: Records) -> Reading:
    """The Reading of all records: each one is a row, a reject or an ignored one.

    A time that a length told in the record (a session, a silence) moves out of 1990..2100 is `bad-time`; a row without
    an access point is `no-ap`.
    """
    verdict = records.verdict
    verdict[(verdict == KEPT) & ((records.at_ms < EARLIEST_MS) | (records.at_ms >= LATEST_MS))] = refused("bad-time")
    verdict[(verdict == KEPT) & (records.ap.codes < 0)] = refused("no-ap")
    if records.unfinished and verdict.size and verdict[-1] > KEPT:
        verdict[-1] = refused("truncated")
    keep = verdict == KEPT
    passed = _ignored(verdict, records.line)
    return Reading(
        at_ms=records.at_ms[keep],
        mac=records.mac[keep],
        opaque=_said(records.opaque, keep),
        ap=records.ap.taken(keep),
        kind=records.kind[keep],
        signal_dbm=records.signal_dbm[keep],
        line=records.line[keep],
        rejects=_rejects(verdict, records.line),
        ignored={reason: lines.size for reason, lines in passed.items()},
        read=verdict.size,
        clock=_said(records.clock, keep),
        received_ms=None if records.received_ms is None else records.received_ms[keep],
        user=_said(records.user, keep),
        restarts=records.restarts,
        ignored_lines=passed,
    )


def _said(words: Words | None, keep: npt.NDArray[np.bool_]) -> pa.DictionaryArray | None:
    """The kept values of a column that a log may lack; None where no row has one."""
    return words.taken(keep) if words is not None and bool(((words.codes >= 0) & keep).any()) else None


def _rejects(verdict: npt.NDArray[np.int8], line: npt.NDArray[np.int64]) -> list[Reject]:
    if not (verdict > KEPT).any():
        return []
    found = [(reason, np.sort(line[verdict == refused(reason)])) for reason in REASONS]
    return [Reject(lines, reason) for reason, lines in found if lines.size]


def _ignored(verdict: npt.NDArray[np.int8], line: npt.NDArray[np.int64]) -> dict[str, npt.NDArray[np.int64]]:
    counts = np.bincount(-verdict[verdict < KEPT], minlength=len(IGNORED) + 1)
    found = [(reason, passed_over(reason)) for reason in IGNORED]
    return {reason: np.sort(line[verdict == code]) for reason, code in found if counts[-code]}
