"""Captured frames in columns, and what their 802.11 headers say.

Where frames come from is in `capture`, what a radio adds in `radio_headers`, what a frame means for a device in
`formats.capture`. What a frame lacks is missing, never guessed.

    control, duration, address 1: to, address 2: from, address 3: BSSID, sequence | body
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.radio_headers import CUT, NO_CHANNEL, NO_SIGNAL, OTHER, READ, prism, radiotap
from ingest.scan import NO_MAC
from schemas.compiled import compiled

MANAGEMENT = 0
ASSOCIATION, ASSOCIATION_ANSWER, REASSOCIATION, REASSOCIATION_ANSWER, PROBE = range(5)  # subtypes of management
DISASSOCIATION, AUTHENTICATION, DEAUTHENTICATION = 10, 11, 12
NO_CODE = -1  # the frame has none, or it is encrypted (802.11w)

_BARE, _PRISM, _RADIOTAP = 105, 119, 127  # link types of tcpdump.org
_HEADER = 24
_PROTECTED, _ORDER = 0x40, 0x80


@dataclass(frozen=True)
class Frames:
    """Some frames of a capture in its order: frame i is `data[ends[i - 1]:ends[i]]`, and has number `first + i`.

    `at_us`: UTC, -1 where the capture does not say. `link`: the link type. `fault` says why the capture ends after
    these frames, though not where it should: `truncated`, or `not-the-format` if it never began.
    """

    first: int
    data: npt.NDArray[np.uint8]
    ends: npt.NDArray[np.int64]
    at_us: npt.NDArray[np.int64]
    link: npt.NDArray[np.int64]
    fault: str = ""

    @staticmethod
    def of(first: int, packets: list[tuple[bytes, int, int]], fault: str = "") -> "Frames":
        """The frames of [(bytes, microsecond, link type)]."""
        n = len(packets)
        return Frames(
            first,
            np.frombuffer(b"".join(data for data, _, _ in packets), np.uint8),
            np.cumsum(np.fromiter((len(data) for data, _, _ in packets), np.int64, n)),
            np.fromiter((at_us for _, at_us, _ in packets), np.int64, n),
            np.fromiter((link for _, _, link in packets), np.int64, n),
            fault,
        )

    def only(self, i: int) -> "Frames":
        """Frame i alone."""
        start, end = int(self.ends[i - 1]) if i else 0, int(self.ends[i])
        one = slice(i, i + 1)
        return Frames(self.first + i, self.data[start:end], self.ends[one] - start, self.at_us[one], self.link[one])


@dataclass(frozen=True)
class Headers:
    """What the headers of n frames say. `state`: READ, CUT or OTHER; of the others nothing more is known.

    `begins`: where in their data the 802.11 frame of each begins, behind what its radio wrote.
    `kind` is the 802.11 type and `subtype` its subtype. Addresses are 48-bit numbers, NO_MAC where the frame has none.
    `signal_dbm` is NO_SIGNAL, `channel_mhz` NO_CHANNEL where unknown. `code`: status of an answer to an association,
    reason of a leave, else NO_CODE. `is_damaged`: the receiver found a wrong checksum.
    """

    state: npt.NDArray[np.int8]
    begins: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int8]
    subtype: npt.NDArray[np.int8]
    to: npt.NDArray[np.uint64]
    source: npt.NDArray[np.uint64]
    bssid: npt.NDArray[np.uint64]
    signal_dbm: npt.NDArray[np.int16]
    channel_mhz: npt.NDArray[np.int32]
    code: npt.NDArray[np.int32]
    is_damaged: npt.NDArray[np.bool_]


def headers_of(frames: Frames) -> Headers:
    """The headers of all frames."""
    n = frames.ends.size
    headers = Headers(
        state=np.full(n, OTHER, np.int8),
        begins=np.zeros(n, np.int64),
        kind=np.full(n, -1, np.int8),
        subtype=np.full(n, -1, np.int8),
        to=np.full(n, NO_MAC, np.uint64),
        source=np.full(n, NO_MAC, np.uint64),
        bssid=np.full(n, NO_MAC, np.uint64),
        signal_dbm=np.full(n, NO_SIGNAL, np.int16),
        channel_mhz=np.full(n, NO_CHANNEL, np.int32),
        code=np.full(n, NO_CODE, np.int32),
        is_damaged=np.zeros(n, np.bool_),
    )
    radio = (headers.begins, headers.signal_dbm, headers.channel_mhz, headers.is_damaged)
    addresses = np.full((n, 3), NO_MAC, np.uint64)
    _read(frames.data, frames.ends, frames.link, headers.state, headers.kind, headers.subtype, addresses, radio,
          headers.code)  # fmt: skip
    for k, column in enumerate((headers.to, headers.source, headers.bssid)):
        column[:] = addresses[:, k]
    return headers


@compiled
def _read(
    data: Any, ends: Any, link: Any, state: Any, kind: Any, subtype: Any, addresses: Any, radio: Any, code: Any
) -> None:
    begins, signal, channel, damaged = radio
    for i in range(ends.size):
        start, end = (ends[i - 1] if i else 0), ends[i]
        state[i], at, signal[i], channel[i], damaged[i] = _radio(data, start, end, link[i])
        begins[i] = at
        if state[i] != READ:
            continue
        if end - at < 2:
            state[i] = CUT
            continue
        if data[at] & 3:
            state[i] = OTHER
            continue
        kind[i], subtype[i] = (data[at] >> 2) & 3, data[at] >> 4
        state[i], code[i] = _frame(data, at, end, kind[i], subtype[i], addresses[i])


@compiled
def _radio(data: Any, start: Any, end: Any, link: Any) -> Any:
    """(state, place of the 802.11 frame, signal, channel, whether damaged) by the header of the frame's link type."""
    if link == _RADIOTAP:
        return radiotap(data, start, end)
    if link == _PRISM:
        state, at, signal, channel = prism(data, start, end)
        return state, at, signal, channel, False
    return READ if link == _BARE else OTHER, start, NO_SIGNAL, NO_CHANNEL, False


@compiled
def _frame(data: Any, at: Any, end: Any, kind: Any, subtype: Any, addresses: Any) -> Any:
    """(state, code) of the frame at `at`; its addresses are filled in."""
    for k in range(3):
        place = at + 4 + 6 * k
        if place + 6 <= end:
            addresses[k] = _mac(data, place)
    if kind != MANAGEMENT:
        return READ, NO_CODE
    if end - at < _HEADER:
        return CUT, NO_CODE
    is_leave = subtype in (DISASSOCIATION, DEAUTHENTICATION)
    is_answer = subtype in (ASSOCIATION_ANSWER, REASSOCIATION_ANSWER)
    if not (is_leave or is_answer) or data[at + 1] & _PROTECTED:
        return READ, NO_CODE
    place = at + _HEADER + (4 if data[at + 1] & _ORDER else 0) + (2 if is_answer else 0)
    if place + 2 > end:
        return CUT, NO_CODE
    return READ, np.int64(data[place]) | np.int64(data[place + 1]) << 8


@compiled
def _mac(data: Any, at: Any) -> Any:
    value = np.uint64(0)
    for k in range(6):
        value = value << np.uint64(8) | np.uint64(data[at + k])
    return value
