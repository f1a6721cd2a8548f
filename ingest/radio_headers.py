"""What a radio writes before a captured frame: radiotap and prism headers.

    radiotap  | version 0, length, present words, fields by alignment ...  | 802.11 frame
    prism     | 0x44, length, device, ten items of (id, status, size, value) | 802.11 frame

A header is read as far as it is there, and no further: what it lacks is missing, never guessed.
"""

from typing import Any

import numpy as np

from schemas.compiled import compiled

READ, CUT, OTHER = range(3)  # a frame's state: read, shorter than its headers say, no 802.11 frame
NO_CHANNEL = 0
NO_SIGNAL = -32_768

_BAD_FCS = 0x40
# Radiotap's fields by bit: size, alignment (radiotap.org/fields/defined, Linux net/wireless/radiotap.c).
_SIZE = np.array([8, 1, 1, 4, 2, 1, 1, 2, 2, 2, 1, 1, 1, 1, 2, 2, 1, 1, 8, 3, 8, 12, 12, 12, 12, 6, 1, 4], np.int64)
_ALIGN = np.array([8, 1, 1, 2, 2, 1, 1, 2, 2, 2, 1, 1, 1, 1, 2, 2, 1, 1, 4, 1, 4, 2, 8, 2, 2, 2, 1, 2], np.int64)
_FLAGS, _CHANNEL, _SIGNAL, _TLV, _MORE = 1, 3, 5, 28, 31
_PRISM_HEAD, _PRISM_ITEM, _PRISM_ITEMS = 24, 12, 10
_PRISM_CHANNEL, _PRISM_SIGNAL = 2, 5  # the places of these items


@compiled
def radiotap(data: Any, at: Any, end: Any) -> Any:
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


@compiled
def prism(data: Any, at: Any, end: Any) -> Any:
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


@compiled
def _prism_number(data: Any, at: Any, is_little: Any) -> Any:
    if is_little:
        return _u32(data, at)
    return (
        np.int64(data[at]) << 24 | np.int64(data[at + 1]) << 16 | np.int64(data[at + 2]) << 8 | np.int64(data[at + 3])
    )


@compiled
def _mhz(channel: Any) -> Any:
    """The centre of a channel of the 2.4 and 5 GHz bands."""
    if channel == 14:
        return 2484
    if 1 <= channel <= 13:
        return 2407 + 5 * channel
    return 5000 + 5 * channel if 32 <= channel <= 177 else NO_CHANNEL


@compiled
def _u32(data: Any, at: Any) -> Any:
    return (
        np.int64(data[at]) | np.int64(data[at + 1]) << 8 | np.int64(data[at + 2]) << 16 | np.int64(data[at + 3]) << 24
    )
