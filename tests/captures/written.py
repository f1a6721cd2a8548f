"""Captures written by hand, with invented addresses: 802.11 frames, the headers before them, the files around them."""

import struct
from collections.abc import Iterable

BARE, PRISM, RADIOTAP = 105, 119, 127
AT_S, AT_US = 1_795_251_601, 123_456  # 2026-11-21 09:00:01.123456 UTC
PHONE, AP, EVERYBODY = "02:00:5e:00:00:01", "02:00:5e:00:00:aa", "ff:ff:ff:ff:ff:ff"


def management(subtype: int, to: str, source: str, bssid: str, body: bytes = b"", flags: int = 0) -> bytes:
    """One management frame."""
    addresses = b"".join(bytes.fromhex(one.replace(":", "")) for one in (to, source, bssid))
    return bytes([subtype << 4, flags]) + b"\0\0" + addresses + b"\0\0" + body


def answer(status: int) -> bytes:
    """The body of an answer to an association."""
    return struct.pack("<HHH", 0x0411, status, 0xC001)


PROBE = management(4, EVERYBODY, PHONE, EVERYBODY)


def radiotap(frame: bytes, signal: int = -60, mhz: int = 2437, flags: int = 0) -> bytes:
    """With flags, rate, channel and signal, then a second word: the signal of one antenna."""
    present = struct.pack("<II", 1 << 1 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 29 | 1 << 31, 1 << 5 | 1 << 11)
    fields = struct.pack("<BBHHbbB", flags, 2, mhz, 0xA0, signal, -99, 1)
    return struct.pack("<BBH", 0, 0, 4 + len(present) + len(fields)) + present + fields + frame


def prism(frame: bytes, signal: int = -60, channel: int = 6, order: str = "<") -> bytes:
    """With the ten items of every driver; `signal` has no unit."""
    values = [0, 0, channel, 0, 0, signal, 0, 0, 0, len(frame)]
    items = b"".join(struct.pack(order + "IHHi", 0x44 | k + 1 << 16, 0, 4, value) for k, value in enumerate(values))
    return struct.pack(order + "II16s", 0x44, 24 + len(items), b"wlan0") + items + frame


def pcap(frames: Iterable[bytes], link: int = BARE, order: str = "<", nano: bool = False) -> bytes:
    """A capture with a frame each second."""
    parts = [struct.pack(order + "IHHiIII", 0xA1B23C4D if nano else 0xA1B2C3D4, 2, 4, 0, 0, 65_535, link)]
    for k, frame in enumerate(frames):
        fraction = AT_US * 1000 + 999 if nano else AT_US
        parts.append(struct.pack(order + "IIII", AT_S + k, fraction, len(frame), len(frame)) + frame)
    return b"".join(parts)


def pcapng(frames: Iterable[bytes], link: int = BARE, order: str = "<", offset_s: int = 0) -> bytes:
    """The same as pcapng with nanoseconds, and a block of statistics at its end; times lack `offset_s`."""
    parts = [_block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)]
    options = struct.pack(order + "HHB3x", 9, 1, 9) + struct.pack(order + "HHq", 14, 8, offset_s) * bool(offset_s)
    parts.append(_block(1, struct.pack(order + "HHI", link, 0, 65_535) + options, order))
    for k, frame in enumerate(frames):
        ticks = (AT_S + k - offset_s) * 1_000_000_000 + AT_US * 1000 + 999
        head = struct.pack(order + "IIIII", 0, ticks >> 32, ticks & 0xFFFF_FFFF, len(frame), len(frame))
        parts.append(_block(6, head + frame + bytes(-len(frame) % 4), order))
    return b"".join([*parts, _block(5, bytes(12), order)])


def simple_packet(frame: bytes) -> bytes:
    """A pcapng block that says nothing of time."""
    return _block(3, struct.pack("<I", len(frame)) + frame + bytes(-len(frame) % 4), "<")


def _block(kind: int, body: bytes, order: str) -> bytes:
    size = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + size + body + size
