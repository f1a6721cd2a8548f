"""A monitor interface: what it must be, and the frames that it hears, by scapy's packet socket.

What does not live here: what is kept of a frame (`ingest.shortened`), files (`files`).

The kernel hands on only the frames that a reader of captures reads: its filter is made by libpcap from their names. It
keeps them while this process is busy, in a buffer of `BUFFER` bytes where it permits one, and counts what it drops.
"""

import logging
import socket
import struct
import sys
import threading
from pathlib import Path
from typing import Any

from ingest.shortened import READ_SUBTYPES
from schemas import ConfigError, InputError, ShangquanError

BUFFER = 8 << 20
WAIT_S = 0.2
FILTER = " or ".join(f"subtype {name}" for name in READ_SUBTYPES.values())

LINK_TYPES = {801: 105, 802: 119, 803: 127}  # ARPHRD_IEEE80211* of if_arp.h -> link types of tcpdump.org
_ETHERNET = 1
_LONGEST_FRAME = 65_535
_SOL_PACKET, _PACKET_STATISTICS, _SO_RCVBUFFORCE = 263, 6, 33

logging.getLogger("scapy").setLevel(logging.CRITICAL)  # of an interface it says what is said here in one line

Heard = list[tuple[bytes, int, int]]  # (bytes, microsecond, link type)


def link_type_of(name: str) -> int:
    """The link type of a monitor interface; InputError if there is no such interface, or it is in no monitor mode."""
    if not sys.platform.startswith("linux"):
        raise ConfigError("live capture runs on Linux only", "capture with a tool of this system, and read its files")
    try:
        kind = int(Path("/sys/class/net", name, "type").read_text(encoding="ascii"))
    except (OSError, ValueError):
        known = ", ".join(sorted(path.name for path in Path("/sys/class/net").glob("*")))
        raise InputError(
            f"--interface {name}: no such interface", f"`iw dev` lists the radios; here is: {known}"
        ) from None
    if kind in LINK_TYPES:
        return LINK_TYPES[kind]
    what = "hands on Ethernet frames" if kind == _ETHERNET else f"hands on frames of link type {kind}"
    raise InputError(
        f"--interface {name}: {what}: it is not in monitor mode",
        f"`ip link set {name} down; iw dev {name} set monitor none; ip link set {name} up`, or airmon-ng start {name}",
    )


class Monitor:
    """An open interface, `link` its link type. Frames are heard in a thread of their own: none waits for a file."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.link = link_type_of(name)
        self._socket = _opened(name)
        self._heard: Heard = []
        self._lock = threading.Lock()
        self._is_ending = threading.Event()
        self._fault: OSError | None = None
        self.dropped = 0
        self._thread = threading.Thread(target=self._listen, name="monitor", daemon=True)
        self._thread.start()

    def taken(self) -> Heard:
        """What was heard since the last call, in order; InputError, once all is taken, if the interface has gone."""
        with self._lock:
            heard, self._heard = self._heard, []
        if not heard and self._fault is not None:
            reason = (self._fault.strerror or "gone").lower()
            raise InputError(f"{self._name}: {reason}", f"`ip link set {self._name} up`, and start again")
        return heard

    def close(self) -> None:
        """Hear no more; what was heard can still be taken. `dropped`: what the kernel could not keep in its buffer."""
        if self._is_ending.is_set():
            return
        self._is_ending.set()
        self._thread.join()
        self.dropped = struct.unpack("II", self._socket.ins.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8))[1]
        self._socket.close()

    def _listen(self) -> None:
        """Until `close`, and then what the kernel still holds."""
        while True:
            if self._is_ending.is_set():
                self._socket.ins.settimeout(0)
            try:
                _, data, at_s = self._socket.recv_raw(_LONGEST_FRAME)
            except (TimeoutError, BlockingIOError):
                if self._is_ending.is_set():
                    return
                continue
            except OSError as error:
                self._fault = error
                return
            with self._lock:
                self._heard.append((data, round(at_s * 1_000_000), self.link))


def _opened(name: str) -> Any:
    """Scapy's socket, the filter attached before it hears its first frame."""
    from scapy.arch.linux import L2ListenSocket
    from scapy.error import Scapy_Exception

    try:
        opened = L2ListenSocket(iface=name, filter=FILTER, promisc=False)
    except PermissionError:
        raise _not_permitted(name) from None
    except Scapy_Exception as error:
        raise ConfigError(
            f"live capture needs libpcap: {error}", "install libpcap0.8, or your system's libpcap"
        ) from None
    except OSError as error:
        raise InputError(f"--interface {name}: {(error.strerror or 'cannot be opened').lower()}") from None
    opened.ins.settimeout(WAIT_S)
    _widen(opened.ins)
    return opened


def _not_permitted(name: str) -> ShangquanError:
    return ConfigError(
        f"--interface {name}: no permission to capture",
        "it takes CAP_NET_RAW: examples/systemd/shangquan-capture.service grants just that, "
        "or `sudo setcap cap_net_raw+ep` on a Python that only this service may run",
    )


def _widen(ins: socket.socket) -> None:
    """A buffer of `BUFFER` bytes if that is permitted (CAP_NET_ADMIN), else as much as net.core.rmem_max allows."""
    try:
        ins.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, BUFFER)
    except PermissionError:
        ins.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
