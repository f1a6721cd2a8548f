"""A monitor interface without a radio: a TAP device whose link type is that of radiotap, and frames put into it."""

import fcntl
import os
import socket
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TUN = Path("/dev/net/tun")
ETHERNET, RADIOTAP = 1, 803  # ARPHRD of if_arp.h
_TUNSETIFF, _TUNSETLINK, _IFF_TAP, _IFF_NO_PI = 0x400454CA, 0x400454CD, 0x0002, 0x1000
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1


@dataclass(frozen=True)
class Tap:
    """An interface, and the end at which frames are put in."""

    name: str
    file: int

    def hear(self, frames: Iterable[bytes]) -> None:
        """What the interface hears, one frame after another."""
        for frame in frames:
            os.write(self.file, frame)

    def set_up(self, *, up: bool) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sH14x", self.name.encode(), _IFF_UP * up))


@contextmanager
def tap(name: str, link: int = RADIOTAP) -> Iterator[Tap]:
    """A TAP device, up; it is gone afterwards. OSError where there is none, or no CAP_NET_ADMIN."""
    file = os.open(TUN, os.O_RDWR)
    try:
        fcntl.ioctl(file, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TAP | _IFF_NO_PI))
        fcntl.ioctl(file, _TUNSETLINK, link)
        made = Tap(name, file)
        made.set_up(up=True)
        yield made
    finally:
        os.close(file)
