"""Captures, pcap and pcapng, as frames: the one place that knows scapy, and of scapy only its readers of containers.

Scapy's full dissection of a frame is a hundred times slower than `frames`, and is what tests compare that with. An
import of this module needs the extra `capture`; nothing else does.
"""

import logging
import struct
from collections.abc import Iterator
from typing import Any, Protocol

from scapy.error import Scapy_Exception
from scapy.utils import RawPcapNgReader, RawPcapReader

from ingest.frames import Frames

BATCH_FRAMES = 1 << 16
_LINK_TYPE = 0xFFFF  # above it libpcap keeps the length of the checksum
_PCAP_MAGICS = {b"\xa1\xb2\xc3\xd4", b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\x3c\x4d", b"\x4d\x3c\xb2\xa1"}
_PCAPNG_MAGIC = b"\x0a\x0d\x0d\x0a"
_LONGEST_RECORD = 16 << 20
_LATEST_US = 1 << 62
_TS_OFFSET = 14  # option of an interface, draft-ietf-opsawg-pcapng 4.2
_BROKEN = (EOFError, Scapy_Exception, struct.error, ValueError, KeyError, IndexError, TypeError, AttributeError)

logging.getLogger("scapy").setLevel(logging.CRITICAL)  # a broken file is a refused record, not a line on stderr


class Readable(Protocol):
    """A file, open for reading bytes."""

    def read(self, size: int, /) -> bytes: ...


def frames_of(file: Readable, batch_frames: int = BATCH_FRAMES) -> Iterator[Frames]:
    """All whole frames of a capture, in batches; the last one says what is wrong with the capture, if anything is."""
    source = _Source(file)
    magic = source.read(4)
    if not magic:
        return
    try:
        reader = _opened(source, magic)
    except _BROKEN:
        yield Frames.of(1, [], "not-the-format")
        return
    first, fault = 1, ""
    while not fault:
        packets, fault = _packets(reader, source, batch_frames)
        if packets or fault == "truncated":
            yield Frames.of(first, packets, "" if fault == _END else fault)
        first += len(packets)


_END = "end"


class _Source:
    """The capture's bytes, and how far the record that is being read has got."""

    def __init__(self, file: Readable) -> None:
        self._file = file
        self._since_begin = 0
        self.is_short = False

    def begin(self) -> None:
        """A record begins here."""
        self._since_begin = 0

    @property
    def is_inside(self) -> bool:
        """Whether a record has been begun."""
        return self._since_begin > 0

    def read(self, size: int) -> bytes:
        """The next `size` bytes, or what there is; nothing where the size can be no record's."""
        data = self._file.read(size) if size <= _LONGEST_RECORD else b""
        while 0 < len(data) < size and (more := self._file.read(size - len(data))):
            data += more
        self.is_short |= len(data) < size and (bool(data) or self.is_inside)
        self._since_begin += len(data)
        return data


class _Records(RawPcapReader):  # type: ignore[misc,unused-ignore]
    def _read_packet(self, size: int = _LONGEST_RECORD) -> Any:
        self.f.begin()
        return super()._read_packet(size)


class _Blocks(RawPcapNgReader):  # type: ignore[misc,unused-ignore]
    """With `offset_s` of the frame that was read last: seconds that its interface leaves out (if_tsoffset)."""

    def __init__(self, *arguments: Any) -> None:
        self.offset_s = 0
        self._offsets: list[int] = []
        super().__init__(*arguments)

    def _read_block(self, size: int = _LONGEST_RECORD) -> Any:
        self.f.begin()
        return super()._read_block(size)

    def _read_block_shb(self) -> None:
        super()._read_block_shb()
        self.interfaces: list[Any] = []  # each section counts its own from 0
        self._offsets = []

    def _read_block_idb(self, block: bytes, size: int) -> None:
        super()._read_block_idb(block, size)
        offset = self._read_options(block[8:]).get(_TS_OFFSET, bytes(8))
        self._offsets.append(struct.unpack(self.endian + "q", offset)[0])

    def _check_interface_id(self, intid: int) -> bool:
        if intid >= len(self.interfaces):
            raise ValueError("a frame of an interface that the file does not describe")
        self.offset_s = self._offsets[intid]
        return True


def _opened(source: _Source, magic: bytes) -> Any:
    """Scapy's reader, made by hand: its own way in looks for gzip and seeks, which a stream cannot."""
    if magic not in _PCAP_MAGICS | {_PCAPNG_MAGIC}:
        raise Scapy_Exception("no capture")
    kind: Any = _Blocks if magic == _PCAPNG_MAGIC else _Records
    reader = object.__new__(kind)
    kind.__init__(reader, "capture", source, magic)
    return reader


def _packets(reader: Any, source: _Source, most: int) -> tuple[list[tuple[bytes, int, int]], str]:
    """([(bytes, microsecond, link type)], "" if there may be more, `end`, or `truncated`)."""
    packets: list[tuple[bytes, int, int]] = []
    is_pcapng = isinstance(reader, _Blocks)
    nano = not is_pcapng and reader.nano
    while len(packets) < most:
        try:
            data, meta = reader._read_packet()
            at_us = (
                _pcapng_us(meta, reader.offset_s)
                if is_pcapng
                else meta.sec * 1_000_000 + meta.usec // (1000 if nano else 1)
            )
        except _BROKEN:
            return packets, "truncated" if source.is_inside else _END
        if source.is_short:
            return packets, "truncated"
        packets.append((data, at_us, (meta.linktype if is_pcapng else reader.linktype) & _LINK_TYPE))
    return packets, ""


def _pcapng_us(meta: Any, offset_s: int) -> int:
    """Microseconds since 1970, cut; -1 of a simple packet, which has no time."""
    if meta.tshigh is None:
        return -1
    ticks = int(meta.tshigh) << 32 | int(meta.tslow)
    at_us = ticks * 1_000_000 // int(meta.tsresol) + offset_s * 1_000_000
    return at_us if 0 <= at_us <= _LATEST_US else -1
