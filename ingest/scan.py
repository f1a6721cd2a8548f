"""Pieces that read values out of bytes: lines, digits, numbers, words, addresses in every vendor's notation.

Everything is jitted and works on a `uint8` array and positions in it. What a line means is in `formats`, time stamps are
in `stamps`, text columns in `words`. Here and there, `s` and `e` bound a value: `buf[s:e]`.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

LINE_FEED, CARRIAGE_RETURN, SPACE, TAB = 10, 13, 32, 9
NO_MAC = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
BROKEN_MAC = np.uint64(0xFFFF_FFFF_FFFF_FFFE)  # it has a MAC's shape, and is none: `28:c2:1f:xx:xx:xx`


class Spans(NamedTuple):
    """One column of values as places in a buffer: value i is `buf[start[i]:stop[i]]`; empty = missing."""

    buf: npt.NDArray[np.uint8]
    start: npt.NDArray[np.int64]
    stop: npt.NDArray[np.int64]


def lines_of(chunk: bytes) -> Spans:
    """The lines of `chunk` without their line ends (LF or CRLF), in a writable copy; the last one may lack its line end."""
    buf = np.frombuffer(bytearray(chunk), np.uint8)
    ends = np.flatnonzero(buf == LINE_FEED)
    if buf.size and buf[-1] != LINE_FEED:
        ends = np.append(ends, buf.size)
    start, stop = _bounds(buf, ends)
    return Spans(buf, start, stop)


@njit(cache=True, nogil=True)
def _bounds(buf: Any, ends: Any) -> Any:
    start, stop = np.empty(ends.size, np.int64), np.empty(ends.size, np.int64)
    begin = 0
    for i in range(ends.size):
        end = ends[i]
        start[i] = begin
        stop[i] = end - 1 if end > begin and buf[end - 1] == CARRIAGE_RETURN else end
        begin = end + 1
    return start, stop


@njit(cache=True, nogil=True, inline="always")
def two_digits(buf: Any, at: Any) -> Any:
    """The number of the two digits at `at`, or a negative number."""
    tens, ones = np.int64(buf[at]) - 48, np.int64(buf[at + 1]) - 48
    if tens < 0 or tens > 9 or ones < 0 or ones > 9:
        return -1
    return tens * 10 + ones


@njit(cache=True, nogil=True)
def has_word(buf: Any, s: Any, e: Any, word: Any) -> Any:
    """Whether `buf[s:e]` begins with the bytes `word`."""
    if e - s < len(word):
        return False
    for i in range(len(word)):
        if buf[s + i] != word[i]:
            return False
    return True


@njit(cache=True, nogil=True, inline="always")
def word_end(buf: Any, s: Any, e: Any) -> Any:
    """The place of the next space, or `e`."""
    while s < e and buf[s] != SPACE:
        s += 1
    return s


@njit(cache=True, nogil=True)
def thousandths(buf: Any, s: Any, e: Any) -> Any:
    """(1000 x the decimal number, whether it is one): sign, up to 15 digits, fraction; the fourth decimal is cut off."""
    sign = 1
    if s < e and (buf[s] == 45 or buf[s] == 43):  # - +
        sign = -1 if buf[s] == 45 else 1
        s += 1
    whole, first = np.int64(0), s
    while s < e and 48 <= buf[s] <= 57:
        whole = whole * 10 + np.int64(buf[s]) - 48
        s += 1
        if s - first > 15:
            return np.int64(0), False
    if s == first:
        return np.int64(0), False
    part, scale = np.int64(0), 100
    if s < e and buf[s] == 46:  # .
        s += 1
        while s < e and 48 <= buf[s] <= 57:
            part += (np.int64(buf[s]) - 48) * scale
            scale //= 10
            s += 1
    return sign * (whole * 1000 + part), s == e


def _hex_values() -> npt.NDArray[np.uint8]:
    values = np.full(256, 255, np.uint8)
    for digit, (lower, upper) in enumerate(zip(b"0123456789abcdef", b"0123456789ABCDEF", strict=True)):
        values[lower] = values[upper] = digit
    return values


_HEX = _hex_values()


@njit(cache=True, nogil=True)
def mac_at(buf: Any, s: Any, e: Any) -> Any:
    """(48-bit address that `buf[s:e]` begins with, its length in bytes), else (NO_MAC or BROKEN_MAC, 0).

    aa:bb:cc:dd:ee:ff  AA-BB-CC-DD-EE-FF  aabb.ccdd.eeff  aabb-ccdd-eeff  aabbccddeeff, digits of either case.
    """
    group = 2 if e - s >= 17 and (buf[s + 2] == 58 or buf[s + 2] == 45) else 4  # : -
    if group == 4 and not (e - s >= 14 and (buf[s + 4] == 46 or buf[s + 4] == 45)):  # . -
        group = 12
    length = 17 if group == 2 else 14 if group == 4 else 12
    if e - s < length:
        return NO_MAC, 0
    separator = buf[s + group] if group < 12 else buf[s]
    value, in_group, is_hex = np.uint64(0), 0, True
    for at in range(s, s + length):
        if in_group == group:
            if buf[at] != separator:
                return NO_MAC, 0
            in_group = 0
            continue
        digit = _HEX[buf[at]]
        is_hex = is_hex and digit < 16
        value = (value << np.uint64(4)) | np.uint64(digit & 15)
        in_group += 1
    if is_hex:
        return value, length
    return (BROKEN_MAC if group == 2 else NO_MAC), 0


@njit(cache=True, nogil=True, inline="always")
def is_device(mac: Any) -> Any:
    """Whether a 48-bit address can be one device's: not all zero, not multicast, not broadcast."""
    return mac != np.uint64(0) and (mac >> np.uint64(40)) & np.uint64(1) == np.uint64(0)


def mac_text(mac: int) -> str:
    """`aa:bb:cc:dd:ee:ff`: how an access point's address is written in a Reading."""
    return mac.to_bytes(6, "big").hex(":")
