"""802.11 frames of a monitor interface: pcap or pcapng, with radiotap, prism or bare 802.11 headers, from any tool.

    answer to an association or reassociation, status 0    joined   at the BSSID
    the request itself                                     seen     at the BSSID: it may still be refused
    disassociation, deauthentication from the device       left     at the BSSID
    the same from the AP to one device                     left     (reason 4, inactivity: idle, `idle_s` earlier)
    probe request                                          seen     at the AP that captured, which is the feed's name
    beacons, data, answers that refuse, everything else    ignored

A record is a frame, its line its number in the file, as Wireshark counts. Time is the capture's, cut to milliseconds;
the signal is what the capturing radio heard, and is kept only where the place is that radio's: in probe requests. A
frame with a wrong checksum is ignored: its addresses may be anything. What is broken in the container ends the file,
as one refused record. Reading captures needs `pip install 'shangquan[capture]'`.
"""

import importlib
import io
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.clocks import EARLIEST_MS, LATEST_MS
from ingest.feed import Feed
from ingest.frames import (
    ASSOCIATION,
    ASSOCIATION_ANSWER,
    AUTHENTICATION,
    DEAUTHENTICATION,
    DISASSOCIATION,
    MANAGEMENT,
    PROBE,
    REASSOCIATION,
    REASSOCIATION_ANSWER,
    Frames,
    Headers,
    headers_of,
)
from ingest.mapping import judge
from ingest.radio_headers import CUT, OTHER
from ingest.reading import KEPT, NO_SIGNAL, Reading, Records, passed_over, refused, settled
from ingest.scan import NO_MAC, mac_text
from ingest.words import Words, words_from
from schemas import ConfigError
from schemas.sighting import IDLE, JOINED, LEFT, SEEN

_AUTHENTICATED, _OTHER_MESSAGE = passed_over("authenticated-only"), passed_over("other-message")
_HIGHEST_DBM = 20
_INACTIVITY = 4  # reason code, IEEE 802.11-2020 table 9-49
_MULTICAST = np.uint64(1) << np.uint64(40)


@dataclass(frozen=True)
class CaptureParser:
    """Captures of one feed; nothing depends on the head of the file."""

    feed: Feed

    @classmethod
    def of(cls, head: bytes, feed: Feed) -> "CaptureParser":
        """ConfigError if there is no scapy."""
        del head
        capture_module()
        return cls(feed)

    def parse(self, chunk: Frames | bytes, first_line: int, near_ms: int) -> Reading:
        """The Reading of a batch of frames, which knows its place, or of a capture whose first frame is `first_line`.

        `near_ms` is not needed.
        """
        if isinstance(chunk, bytes):
            chunk = replace(_whole(chunk), first=first_line)
        headers = headers_of(chunk)
        verdict, kind, device, ap = _meaning(headers)
        if not self.feed.reports_leaving:
            kind[kind == JOINED] = SEEN
        at_ms = chunk.at_us // 1000 - np.where(kind == IDLE, self.feed.idle_s * 1000, 0)
        judge(verdict, (at_ms < EARLIEST_MS) | (at_ms >= LATEST_MS), "bad-time")
        judge(verdict, (device == 0) | (device & _MULTICAST != 0), "bad-address")
        probes = headers.subtype == PROBE
        judge(verdict, ~probes & ((ap == 0) | (ap & _MULTICAST != 0)), "no-ap")
        signal = np.where(probes, headers.signal_dbm, NO_SIGNAL).astype(np.int16)
        judge(verdict, signal > _HIGHEST_DBM, "bad-signal")
        line = np.arange(chunk.first, chunk.first + verdict.size)
        names = _names(ap, probes, verdict == KEPT, self.feed.name)
        return settled(_with_fault(Records(verdict, line, at_ms, device, None, names, kind, signal), chunk))


def capture_module() -> Any:
    """`ingest.capture`, imported when a capture is read: it needs scapy."""
    try:
        return importlib.import_module("ingest.capture")
    except ModuleNotFoundError:
        raise ConfigError("format capture needs scapy", "pip install 'shangquan[capture]'") from None


def _whole(data: bytes) -> Frames:
    """All frames of a capture as one batch."""
    batches = [*capture_module().frames_of(io.BytesIO(data), len(data) + 1)]
    return batches[0] if batches else Frames.of(1, [])


def _meaning(headers: Headers) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8], Any, Any]:
    """(verdict, kind, device, BSSID) of each frame; from the AP means: sent by the BSSID itself."""
    kind, subtype = headers.kind, headers.subtype
    is_from_ap, is_to_ap = headers.source == headers.bssid, headers.to == headers.bssid
    is_one = headers.to & _MULTICAST == 0
    is_request = (subtype == ASSOCIATION) | (subtype == REASSOCIATION)
    is_answer = (subtype == ASSOCIATION_ANSWER) | (subtype == REASSOCIATION_ANSWER)
    is_leave = (subtype == DISASSOCIATION) | (subtype == DEAUTHENTICATION)
    is_idle = is_leave & is_from_ap & (headers.code == _INACTIVITY)
    tells = (subtype == PROBE) | (is_request & is_to_ap) | (is_answer & is_from_ap & (headers.code == 0))
    tells |= is_leave & (is_to_ap | (is_from_ap & is_one))

    verdict = np.where(tells & (kind == MANAGEMENT), KEPT, _OTHER_MESSAGE).astype(np.int8)
    verdict[(kind == MANAGEMENT) & (subtype == AUTHENTICATION)] = _AUTHENTICATED
    verdict[headers.is_damaged] = passed_over("bad-checksum")
    verdict[headers.state == CUT] = refused("truncated")
    verdict[headers.state == OTHER] = refused("not-the-format")
    means = np.select([is_answer, is_idle, is_leave], [JOINED, IDLE, LEFT], SEEN).astype(np.int8)
    is_to_device = is_from_ap & (is_answer | is_leave)
    return verdict, means, np.where(is_to_device, headers.to, headers.source), headers.bssid


def _names(ap: Any, probes: npt.NDArray[np.bool_], kept: npt.NDArray[np.bool_], own: str) -> Words:
    """The key of each kept record's AP: its BSSID, of a probe request the feed's name."""
    code = np.full(ap.size, -1, np.int64)
    distinct, index = np.unique(ap[kept & ~probes], return_inverse=True)
    code[kept & ~probes] = index + 1
    code[kept & probes] = 0
    return words_from(code, [own, *map(mac_text, distinct.tolist())])


def _with_fault(records: Records, frames: Frames) -> Records:
    """The same with a last record for what ends the capture early."""
    if not frames.fault:
        return records
    return Records(
        np.append(records.verdict, np.int8(refused(frames.fault))),
        np.append(records.line, frames.first + records.line.size),
        np.append(records.at_ms, 0),
        np.append(records.mac, NO_MAC),
        None,
        words_from(np.append(records.ap.codes, -1), records.ap.values.to_pylist()),
        np.append(records.kind, np.int8(SEEN)),
        np.append(records.signal_dbm, np.int16(NO_SIGNAL)),
    )
