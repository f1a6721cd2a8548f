"""What a live capture stores of a frame: all that is read, and no byte more."""

import io
from pathlib import Path

import numpy as np
import pytest

from ingest.capture import frames_of
from ingest.feed import Feed
from ingest.formats import FORMATS
from ingest.frames import Frames
from ingest.pcap_records import HEAD_BYTES, whole_records
from ingest.reading import Reading
from ingest.shortened import shortened
from tests.captures.written import (
    AP,
    BARE,
    EVERYBODY,
    PHONE,
    PRISM,
    PROBE,
    RADIOTAP,
    answer,
    management,
    pcap,
    prism,
    radiotap,
)

CAPTURES = Path(__file__).parents[3] / "shared" / "realdata" / "captures"
REAL = ("pos1_2024-03-30.pcap", "krackattacks-scripts__example-ft.pcapng", "libpcap__ieee802.11_exthdr.pcap")
FEED = Feed("door", "capture", idle_s=300)
HEARD = [
    PROBE + b"\0\x08home-net",
    management(0, AP, PHONE, AP, bytes(40)),
    management(1, PHONE, AP, AP, answer(0) + bytes(60)),
    management(3, PHONE, AP, AP, bytes(4) + answer(0) + bytes(60), flags=0x80),
    management(1, PHONE, AP, AP, answer(17)),
    management(12, AP, PHONE, AP, b"\3\0" + bytes(9)),
    management(10, PHONE, AP, AP, b"\4\0"),
    management(12, PHONE, AP, AP, bytes(18), flags=0x40),
]
PASSED_OVER = [
    management(8, EVERYBODY, AP, AP, bytes(200)),
    management(11, AP, PHONE, AP, bytes(6)),
    b"\x08\x01" + bytes(300),
    b"\xd4\x00" + bytes(8),
    PROBE[:20],
]


def frames(capture: bytes) -> Frames:
    (batch,) = frames_of(io.BytesIO(capture))
    return batch


def rows(reading: Reading) -> list[tuple[object, ...]]:
    columns = (reading.at_ms, reading.mac, reading.kind, reading.signal_dbm)
    return [*zip(*(column.tolist() for column in columns), reading.ap.to_pylist(), strict=True)]


@pytest.mark.parametrize(("link", "header"), [(BARE, bytes), (RADIOTAP, radiotap), (PRISM, prism)])
def test_a_frame_says_the_same_and_holds_no_payload(link, header):
    heard = frames(pcap([header(frame) for frame in HEARD + PASSED_OVER], link))
    kept = shortened(heard)
    parser = FORMATS["capture"].prepare(b"", FEED)
    assert rows(parser.parse(kept, 1, 0)) == rows(parser.parse(heard, 1, 0))
    radio = len(header(b""))
    assert np.diff(kept.ends, prepend=0).tolist() == [radio + size for size in (24, 24, 28, 32, 28, 26, 26, 26)]


def test_a_damaged_frame_is_not_stored():
    assert shortened(frames(pcap([radiotap(PROBE, flags=0x40)], RADIOTAP))).ends.size == 0


@pytest.mark.parametrize("name", REAL)
def test_real_captures_give_the_same_sightings(name):
    if not CAPTURES.is_dir():
        pytest.skip("there is no ../shared/realdata/captures")
    heard = frames((CAPTURES / name).read_bytes())
    parser = FORMATS["capture"].prepare(b"", FEED)
    whole = rows(parser.parse(heard, 1, 0))
    assert whole
    assert rows(parser.parse(shortened(heard), 1, 0)) == whole


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nano", [False, True])
def test_records_of_a_growing_pcap_are_found_wherever_it_ends(order, nano):
    capture = pcap(HEARD, BARE, order, nano)
    head = capture[:HEAD_BYTES]
    ends = [HEAD_BYTES + sum(16 + len(frame) for frame in HEARD[:k]) for k in range(len(HEARD) + 1)]
    for size in range(HEAD_BYTES, len(capture) + 1):
        whole = max(end for end in ends if end <= size)
        assert whole_records(capture[:size], head) == (whole, ends.index(whole))
        assert whole_records(capture[ends[2] : size], head)[0] == max(0, whole - ends[2])
    assert whole_records(capture, head, most=3) == (ends[3], 3)
    assert whole_records(b"no capture, but long enough for one", b"no capture, but long eno") == (0, 0)
