"""Pieces that read values out of bytes: lines, digits, numbers, words, addresses in every vendor's notation.

Here and where these are used, a `text` is a buffer as `eight_bytes` hands it on, and `s` and `e` bound a value in it.
What a line means is in `formats`, time stamps are in `stamps`, text columns in `words`.
"""

from codecs import BOM_UTF8
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ingest.eight_bytes import begins, byte_at, next_byte
from schemas.compiled import compiled

LINE_FEED, CARRIAGE_RETURN, SPACE = 10, 13, 32
NO_MAC = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
BROKEN_MAC = np.uint64(0xFFFF_FFFF_FFFF_FFFE)  # it has a MAC's shape, and is none: `28:c2:1f:xx:xx:xx`


class Spans(NamedTuple):
    """One column of values as places in a buffer: value i is `buf[start[i]:stop[i]]`; empty = missing."""

    buf: npt.NDArray[np.uint8]
    start: npt.NDArray[np.int64]
    stop: npt.NDArray[np.int64]


def lines_of(chunk: bytes, first_line: int) -> Spans:
    """The lines of `chunk` without line ends (LF or CRLF) and, in line 1, without byte order mark, in place."""
    buf = frozen(np.frombuffer(chunk, np.uint8))
    ends = np.flatnonzero(buf == LINE_FEED)
    if buf.size and buf[-1] != LINE_FEED:
        ends = np.append(ends, buf.size)
    start, stop = _bounds(buf, ends)
    if first_line == 1 and chunk.startswith(BOM_UTF8):
        start[0] += len(BOM_UTF8)
    return Spans(buf, start, stop)


def frozen(buf: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The same bytes, read-only: scanners are compiled for these alone."""
    view = buf.view()
    view.flags.writeable = False
    return view


@compiled
def _bounds(buf: Any, ends: Any) -> Any:
    start, stop = np.empty(ends.size, np.int64), np.empty(ends.size, np.int64)
    begin = 0
    for i in range(ends.size):
        end = ends[i]
        start[i] = begin
        stop[i] = end - 1 if end > begin and buf[end - 1] == CARRIAGE_RETURN else end
        begin = end + 1
    return start, stop


@compiled
def two_digits(text: Any, at: Any) -> Any:
    """The number of the two digits at `at`, or a negative number."""
    tens, ones = byte_at(text, at) - 48, byte_at(text, at + 1) - 48
    if tens < 0 or tens > 9 or ones < 0 or ones > 9:
        return -1
    return tens * 10 + ones


@compiled
def place_of(text: Any, s: Any, e: Any, word: Any) -> Any:
    """The first place in s..e where the packed word stands, or `e`."""
    first = np.int64(word[1] & np.uint64(255))
    at = next_byte(text, s, e, first)
    while at < e and not begins(text, at, e, word):
        at = next_byte(text, at + 1, e, first)
    return min(at, e)


@compiled
def thousandths(text: Any, s: Any, e: Any) -> Any:
    """(1000 x the decimal number, whether it is one): sign, 15 digits at most, fraction; the rest of it is cut."""
    sign = 1
    if s < e and (byte_at(text, s) == 45 or byte_at(text, s) == 43):  # - +
        sign = -1 if byte_at(text, s) == 45 else 1
        s += 1
    whole, first = np.int64(0), s
    while s < e and 48 <= byte_at(text, s) <= 57:
        whole = whole * 10 + byte_at(text, s) - 48
        s += 1
        if s - first > 15:
            return np.int64(0), False
    if s == first:
        return np.int64(0), False
    part, scale = np.int64(0), 100
    if s < e and byte_at(text, s) == 46:  # .
        s += 1
        while s < e and 48 <= byte_at(text, s) <= 57:
            part += (byte_at(text, s) - 48) * scale
            scale //= 10
            s += 1
    return sign * (whole * 1000 + part), s == e


def _hex_values() -> npt.NDArray[np.uint8]:
    values = np.full(256, 255, np.uint8)
    for digit, (lower, upper) in enumerate(zip(b"0123456789abcdef", b"0123456789ABCDEF", strict=True)):
        values[lower] = values[upper] = digit
    return values


_HEX = _hex_values()


@compiled
def mac_at(text: Any, s: Any, e: Any) -> Any:
    """(48-bit address that s..e begins with, its length in bytes), else (NO_MAC or BROKEN_MAC, 0).

    aa:bb:cc:dd:ee:ff  AA-BB-CC-DD-EE-FF  aabb.ccdd.eeff  aabb-ccdd-eeff  aabbccddeeff, digits of either case.
    """
    group = 2 if e - s >= 17 and (byte_at(text, s + 2) == 58 or byte_at(text, s + 2) == 45) else 4  # : -
    if group == 4 and not (e - s >= 14 and (byte_at(text, s + 4) == 46 or byte_at(text, s + 4) == 45)):  # . -
        group = 12
    length = 17 if group == 2 else 14 if group == 4 else 12
    if e - s < length:
        return NO_MAC, 0
    separator = byte_at(text, s + group) if group < 12 else byte_at(text, s)
    value, in_group, is_hex = np.uint64(0), 0, True
    for at in range(s, s + length):
        if in_group == group:
            if byte_at(text, at) != separator:
                return NO_MAC, 0
            in_group = 0
            continue
        digit = _HEX[byte_at(text, at)]
        is_hex = is_hex and digit < 16
        value = (value << np.uint64(4)) | np.uint64(digit & 15)
        in_group += 1
    if is_hex:
        return value, length
    return (BROKEN_MAC if group == 2 else NO_MAC), 0


@compiled
def is_device(mac: Any) -> Any:
    """Whether a 48-bit address can be one device's: not all zero, not multicast, not broadcast."""
    return mac != np.uint64(0) and (mac >> np.uint64(40)) & np.uint64(1) == np.uint64(0)


@compiled
def is_address(text: Any, s: Any, e: Any) -> Any:
    """Whether s..e is a MAC address and nothing else: as the name of an account it is nobody's."""
    _, length = mac_at(text, s, e)
    return length > 0 and length == e - s


def mac_text(mac: int) -> str:
    """`aa:bb:cc:dd:ee:ff`: how an access point's address is written in a Reading."""
    return mac.to_bytes(6, "big").hex(":")
