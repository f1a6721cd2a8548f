"""Captured frames in columns, and what their headers say: radiotap, prism or bare 802.11.

Where frames come from is in `capture`; what a frame means for a device is in `formats.capture`. A header is read as far
as it is there, and no further: what a frame lacks is missing, never guessed.

    radiotap  | version 0, length, present words, fields by alignment ...  | 802.11 frame
    prism     | 0x44, length, device, ten items of (id, status, size, value) | 802.11 frame
    802.11    | control, duration, address 1 to, 2 from, 3 BSSID, sequence | body
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from ingest.scan import NO_MAC

MANAGEMENT = 0
ASSOCIATION, ASSOCIATION_ANSWER, REASSOCIATION, REASSOCIATION_ANSWER, PROBE = range(5)  # subtypes of management
DISASSOCIATION, AUTHENTICATION, DEAUTHENTICATION = 10, 11, 12
NO_CODE = -1  # the frame has none, or it is encrypted (802.11w)
NO_CHANNEL = 0
NO_SIGNAL = -32_768
READ, CUT, OTHER = range(3)  # a frame's state: read, shorter than its headers say, no 802.11 frame

_BARE, _PRISM, _RADIOTAP = 105, 119, 127  # link types of tcpdump.org
_HEADER = 24
_PROTECTED, _ORDER = 0x40, 0x80
_BAD_FCS = 0x40
# Radiotap's fields by bit: size, alignment (radiotap.org/fields/defined, Linux net/wireless/radiotap.c).
_SIZE = np.array([8, 1, 1, 4, 2, 1, 1, 2, 2, 2, 1, 1, 1, 1, 2, 2, 1, 1, 8, 3, 8, 12, 12, 12, 12, 6, 1, 4], np.int64)
_ALIGN = np.array([8, 1, 1, 2, 2, 1, 1, 2, 2, 2, 1, 1, 1, 1, 2, 2, 1, 1, 4, 1, 4, 2, 8, 2, 2, 2, 1, 2], np.int64)
_FLAGS, _CHANNEL, _SIGNAL, _TLV, _MORE = 1, 3, 5, 28, 31
_PRISM_HEAD, _PRISM_ITEM, _PRISM_ITEMS = 24, 12, 10
_PRISM_CHANNEL, _PRISM_SIGNAL = 2, 5  # the places of these items


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

    `kind` is the 802.11 type and `subtype` its subtype. Addresses are 48-bit numbers, NO_MAC where the frame has none.
    `signal_dbm` is NO_SIGNAL, `channel_mhz` NO_CHANNEL where unknown. `code`: status of an answer to an association,
    reason of a leave, else NO_CODE. `is_damaged`: the receiver found a wrong checksum.
    """

    state: npt.NDArray[np.int8]
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
        kind=np.full(n, -1, np.int8),
        subtype=np.full(n, -1, np.int8),
        to=np.full(n, NO_MAC, np.uint64),
        source=np.full(n, NO_MAC, np.uint64),
        bssid=np.full(n, NO_MAC, np.uint64),
        signal_dbm=np.full(n, NO_SIGNAL, np.int16),
        channel_mhz=np.zeros(n, np.int32),
        code=np.full(n, NO_CODE, np.int32),
        is_damaged=np.zeros(n, np.bool_),
    )
    radio = (headers.signal_dbm, headers.channel_mhz, headers.is_damaged)
    addresses = np.full((n, 3), NO_MAC, np.uint64)
    _read(frames.data, frames.ends, frames.link, headers.state, headers.kind, headers.subtype, addresses, radio,
          headers.code)  # fmt: skip
    for k, column in enumerate((headers.to, headers.source, headers.bssid)):
        column[:] = addresses[:, k]
    return headers


@njit(cache=True, nogil=True)
def _read(
    data: Any, ends: Any, link: Any, state: Any, kind: Any, subtype: Any, addresses: Any, radio: Any, code: Any
) -> None:
    signal, channel, damaged = radio
    for i in range(ends.size):
        at, end = (ends[i - 1] if i else 0), ends[i]
        if link[i] == _RADIOTAP:
            state[i], at, signal[i], channel[i], damaged[i] = _radiotap(data, at, end)
        elif link[i] == _PRISM:
            state[i], at, signal[i], channel[i] = _prism(data, at, end)
        elif link[i] == _BARE:
            state[i] = READ
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


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _mac(data: Any, at: Any) -> Any:
    value = np.uint64(0)
    for k in range(6):
        value = value << np.uint64(8) | np.uint64(data[at + k])
    return value


@njit(cache=True, nogil=True)
def _u32(data: Any, at: Any) -> Any:
    return (
        np.int64(data[at]) | np.int64(data[at + 1]) << 8 | np.int64(data[at + 2]) << 16 | np.int64(data[at + 3]) << 24
    )


@njit(cache=True, nogil=True)
def _radiotap(data: Any, at: Any, end: Any) -> Any:
    """(state, place of the 802.11 frame, signal, channel, whether the checksum is wrong).

    The first signal is the frame's; those of single antennas follow in later words. A field that this table does not
    know the size of ends the reading, not the frame: the length leads past it.
    """
    signal: Any = NO_SIGNAL
    channel: Any = NO_CHANNEL
    is_damaged = False
    if end - at < 8:
        return CUT, at, signal, channel, is_damaged
    if data[at]:
        return OTHER, at, signal, channel, is_damaged
    length = np.int64(data[at + 2]) | np.int64(data[at + 3]) << 8
    if length < 8:
        return OTHER, at, signal, channel, is_damaged
    if at + length > end:
        return CUT, at, signal, channel, is_damaged
    stop = at + length
    field = at + 8
    while _u32(data, field - 4) >> _MORE & 1 and field + 4 <= stop:
        field += 4
    word = _u32(data, at + 4)
    for bit in range(_TLV):
        if not word >> bit & 1:
            continue
        field += -(field - at) % _ALIGN[bit]
        if field + _SIZE[bit] > stop:
            break
        if bit == _FLAGS:
            is_damaged = data[field] & _BAD_FCS != 0
        elif bit == _CHANNEL:
            channel = np.int64(data[field]) | np.int64(data[field + 1]) << 8
        elif bit == _SIGNAL:
            signal = np.int64(data[field]) - (256 if data[field] > 127 else 0)
        field += _SIZE[bit]
    return READ, stop, signal, channel, is_damaged


@njit(cache=True, nogil=True)
def _prism(data: Any, at: Any, end: Any) -> Any:
    """(state, place of the 802.11 frame, signal, channel); numbers are in the byte order of the machine that captured.

    A driver's `signal` has no unit: it is dBm only where it is below zero.
    """
    if end - at < _PRISM_HEAD:
        return CUT, at, NO_SIGNAL, NO_CHANNEL
    is_little = data[at] == 0x44 and data[at + 3] == 0
    if not is_little and not (data[at] == 0 and data[at + 3] == 0x44):
        return OTHER, at, NO_SIGNAL, NO_CHANNEL
    length = _prism_number(data, at + 4, is_little)
    if length < _PRISM_HEAD:
        return OTHER, at, NO_SIGNAL, NO_CHANNEL
    if at + length > end:
        return CUT, at, NO_SIGNAL, NO_CHANNEL
    signal, channel = NO_SIGNAL, NO_CHANNEL
    if length >= _PRISM_HEAD + _PRISM_ITEM * _PRISM_ITEMS:
        channel = _mhz(_prism_number(data, at + _PRISM_HEAD + _PRISM_ITEM * _PRISM_CHANNEL + 8, is_little))
        value = _prism_number(data, at + _PRISM_HEAD + _PRISM_ITEM * _PRISM_SIGNAL + 8, is_little) - (1 << 32)
        signal = value if -128 <= value < 0 else NO_SIGNAL
    return READ, at + length, signal, channel


@njit(cache=True, nogil=True)
def _prism_number(data: Any, at: Any, is_little: Any) -> Any:
    if is_little:
        return _u32(data, at)
    return (
        np.int64(data[at]) << 24 | np.int64(data[at + 1]) << 16 | np.int64(data[at + 2]) << 8 | np.int64(data[at + 3])
    )


@njit(cache=True, nogil=True)
def _mhz(channel: Any) -> Any:
    """The centre of a channel of the 2.4 and 5 GHz bands."""
    if channel == 14:
        return 2484
    if 1 <= channel <= 13:
        return 2407 + 5 * channel
    return 5000 + 5 * channel if 32 <= channel <= 177 else NO_CHANNEL
