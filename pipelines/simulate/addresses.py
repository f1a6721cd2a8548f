"""Invented device addresses: no phone has one of them.

Universal ones lie under 00:00:5e, the registry's own block; random ones carry the local bit (IEEE 802-2014 8.4) and
change every day. The access points' 02:5a addresses never come out of here.
"""

import numpy as np
import pyarrow as pa

from pipelines.simulate.columns import Array

_LOW = np.uint64((1 << 24) - 1)
_VENDOR = np.uint64(0x00005E000000)
_ODD = np.uint64(0x9E3779B1)
_HEX = np.frombuffer(b"".join(b"%02x" % i for i in range(256)), np.uint8).reshape(256, 2)


def macs_of(seed: int, day: int, person: Array, random: Array) -> Array:
    """The 48-bit address of each person's phone on one day, as uint64; distinct for distinct persons of a day."""
    number = person.astype(np.uint64)
    low = (number * _ODD + np.uint64(seed * 7919 + 1)) & _LOW  # an odd factor permutes 24 bits
    mixed = _mixed(number ^ (np.uint64(day) << np.uint64(32)) ^ (np.uint64(seed) << np.uint64(52)))
    octet = (mixed >> np.uint64(8)) & np.uint64(0xFC) | np.uint64(0x02)
    octet = np.where(octet == 2, np.uint64(0xDA), octet)
    local = (octet << np.uint64(40)) | ((mixed >> np.uint64(40)) & np.uint64(0xFFFF)) << np.uint64(24)
    return np.where(random, local | ((low + _shift_of(seed, day)) & _LOW), _VENDOR | low)


def _shift_of(seed: int, day: int) -> np.uint64:
    return _mixed(np.array([seed * 1_000_003 + day], np.uint64))[0] & _LOW


def _mixed(value: Array) -> Array:
    """splitmix64's finaliser: every input bit reaches every output bit."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def mac_text(macs: Array) -> pa.Array:
    """`aa:bb:cc:dd:ee:ff` for each address, as large binary."""
    octets = macs.astype(">u8").view(np.uint8).reshape(-1, 8)[:, 2:]
    text = np.full((len(macs), 6, 3), ord(":"), np.uint8)
    text[:, :, :2] = _HEX[octets]
    flat = np.ascontiguousarray(text.reshape(-1, 18)[:, :17])
    offsets = np.arange(len(macs) + 1, dtype=np.int64) * 17
    return pa.Array.from_buffers(
        pa.large_binary(), len(macs), [None, pa.py_buffer(offsets), pa.py_buffer(flat.tobytes())]
    )
