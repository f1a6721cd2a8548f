"""What each 802.11 frame means, in every container and behind every header; and what becomes of broken captures."""

import io
import struct
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.capture import frames_of
from ingest.feed import Feed
from ingest.formats import FORMATS
from ingest.frames import headers_of
from ingest.mapping import no_signals
from schemas import ConfigError
from schemas.rejected import REASONS
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
    pcapng,
    prism,
    radiotap,
    simple_packet,
)
from tests.golden.readings import rows_of, total_of, written

SNIFFER = Feed("door", "capture", idle_s=300)
AT = "2026-11-21T09:00:01.123Z"
DEAUTH, DISASSOC = 12, 10
NEIGHBOUR = "02:00:5e:00:00:bb"


def read(capture: bytes, feed: Feed = SNIFFER):
    return FORMATS["capture"].parse(capture, 1, feed, 0)


def row(kind: str, ap: str, signal: str = "-", at: str = AT) -> str:
    return f"1 {at} {kind} {PHONE} {ap} {signal}\nread 1\n"


def reason(code: int) -> bytes:
    return struct.pack("<H", code)


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        pytest.param(PROBE, row("seen", "door"), id="probe"),
        pytest.param(management(0, AP, PHONE, AP), row("seen", AP), id="association asked for"),
        pytest.param(management(2, AP, PHONE, AP), row("seen", AP), id="reassociation asked for"),
        pytest.param(management(1, PHONE, AP, AP, answer(0)), row("joined", AP), id="associated"),
        pytest.param(management(3, PHONE, AP, AP, answer(0)), row("joined", AP), id="reassociated"),
        pytest.param(
            management(1, PHONE, AP, AP, answer(17)),
            "ignored other-message 1\nread 1\n",
            id="refused-assoc-not-a-visit",
        ),
        pytest.param(management(DISASSOC, AP, PHONE, AP, reason(8)), row("left", AP), id="device disassociates"),
        pytest.param(management(DEAUTH, AP, PHONE, AP, reason(3)), row("left", AP), id="device deauthenticates"),
        pytest.param(management(DEAUTH, PHONE, AP, AP, reason(2)), row("left", AP), id="AP deauthenticates"),
        pytest.param(
            management(DISASSOC, PHONE, AP, AP, reason(4)),
            row("idle", AP, at="2026-11-21T08:55:01.123Z"),
            id="AP disassociates for inactivity",
        ),
        pytest.param(
            management(DEAUTH, PHONE, AP, AP, reason(4), flags=0x40), row("left", AP), id="encrypted: no reason known"
        ),
        pytest.param(
            management(DEAUTH, EVERYBODY, AP, AP, reason(2)),
            "ignored other-message 1\nread 1\n",
            id="all are sent away",
        ),
        pytest.param(
            management(DEAUTH, PHONE, NEIGHBOUR, AP, reason(2)), "ignored other-message 1\nread 1\n", id="neither is AP"
        ),
        pytest.param(
            management(11, AP, PHONE, AP, bytes(6)), "ignored authenticated-only 1\nread 1\n", id="authentication"
        ),
        pytest.param(management(8, EVERYBODY, AP, AP), "ignored other-message 1\nread 1\n", id="beacon"),
        pytest.param(b"\x08\x01" + bytes(30), "ignored other-message 1\nread 1\n", id="data"),
        pytest.param(b"\xd4\x00" + bytes(8), "ignored other-message 1\nread 1\n", id="acknowledgement"),
        pytest.param(
            management(4, EVERYBODY, EVERYBODY, EVERYBODY), "refused 1 bad-address\nread 1\n", id="multicast-mac"
        ),
        pytest.param(management(0, EVERYBODY, PHONE, EVERYBODY), "refused 1 no-ap\nread 1\n", id="no BSSID"),
        pytest.param(PROBE[:23], "refused 1 truncated\nread 1\n", id="cut by the snap length"),
        pytest.param(management(1, PHONE, AP, AP), "refused 1 truncated\nread 1\n", id="cut before its status"),
        pytest.param(b"\x41" + PROBE[1:], "refused 1 not-the-format\nread 1\n", id="another protocol version"),
    ],
)
def test_what_a_frame_means(frame, expected):
    assert written(read(pcap([frame]))) == expected


def test_a_join_in_a_feed_that_never_reports_leaving_makes_no_link():
    capture = pcap([management(1, PHONE, AP, AP, answer(0))])
    assert written(read(capture, replace(SNIFFER, reports_leaving=False))) == row("seen", AP)


def test_without_scapy_a_feed_of_captures_is_refused_before_any_frame(monkeypatch):
    monkeypatch.setitem(sys.modules, "ingest.capture", None)
    with pytest.raises(ConfigError, match="needs scapy"):
        FORMATS["capture"].prepare(b"", SNIFFER)


@pytest.mark.parametrize("order", ["<", ">"], ids=["little", "big"])
@pytest.mark.parametrize("container", [pcap, pcapng])
@pytest.mark.parametrize(
    ("link", "frame", "signal"),
    [
        (BARE, PROBE, "-"),
        (RADIOTAP, radiotap(PROBE), "-60dBm"),
        (PRISM, prism(PROBE), "-60dBm"),
        (PRISM, prism(PROBE, order=">"), "-60dBm"),
        (PRISM, prism(PROBE, signal=40), "-"),
        (RADIOTAP, b"\0\0\x08\0\0\0\0\0" + PROBE, "-"),
    ],
    ids=["bare", "radiotap", "prism", "prism-big", "prism-without-unit", "radiotap-empty"],
)
def test_every_header_in_every_container(container, order, link, frame, signal):
    assert written(read(container([frame], link, order))) == row("seen", "door", signal)


@pytest.mark.parametrize(("link", "frame"), [(RADIOTAP, radiotap(PROBE)), (PRISM, prism(PROBE))])
def test_the_channel_is_read(link, frame):
    (frames,) = frames_of(io.BytesIO(pcap([frame], link)))
    assert headers_of(frames).channel_mhz.tolist() == [2437]


def test_each_section_of_a_pcapng_has_its_own_interfaces():
    capture = pcapng([radiotap(PROBE)], RADIOTAP) + pcapng([PROBE], BARE, ">")
    assert [signal for *_, signal in rows_of(read(capture))] == ["-60dBm", "-"]


def test_nanoseconds_are_cut_to_microseconds_and_an_offset_is_added():
    for capture in (pcap([PROBE], nano=True), pcapng([PROBE]), pcapng([PROBE], order=">", offset_s=1_700_000_000)):
        (frames,) = frames_of(io.BytesIO(capture))
        assert frames.at_us.tolist() == [1_795_251_601_123_456]


def test_a_signal_of_the_sniffer_is_none_of_another_ap():
    capture = pcap([radiotap(management(0, AP, PHONE, AP))], RADIOTAP)
    assert read(capture).signal_dbm.tolist() == no_signals(1).tolist()


@pytest.mark.parametrize(
    ("capture", "expected"),
    [
        (pcap([radiotap(PROBE, flags=0x40)], RADIOTAP), "ignored bad-checksum 1\nread 1\n"),
        (pcap([radiotap(PROBE, signal=21)], RADIOTAP), "refused 1 bad-signal\nread 1\n"),
        (pcap([radiotap(PROBE)[:12]], RADIOTAP), "refused 1 truncated\nread 1\n"),
        (pcap([PROBE], link=1), "refused 1 not-the-format\nread 1\n"),
        (pcapng([]) + simple_packet(PROBE), "refused 1 bad-time\nread 1\n"),
        (b"no capture", "refused 1 not-the-format\nread 1\n"),
        (pcap([]), "read 0\n"),
    ],
    ids=["checksum", "signal", "header", "ethernet", "no-time", "junk", "nothing"],
)
def test_what_cannot_be_read(capture, expected):
    assert written(read(capture)) == expected


@pytest.mark.parametrize("container", [pcap, pcapng])
def test_a_capture_cut_anywhere_gives_its_whole_frames_and_one_refusal(container):
    frames = [radiotap(PROBE)] * 3
    capture = container(frames, RADIOTAP)
    ends = {len(container(frames[:k], RADIOTAP)) - (24 if container is pcapng else 0): k for k in range(4)}
    whole = rows_of(read(capture))
    for size in range(min(ends), len(capture) + 1):
        kept = max(k for end, k in ends.items() if end <= size)
        reading = read(capture[:size])
        assert rows_of(reading) == whole[:kept]
        is_clean = size in ends or size == len(capture)
        assert [(one.reason, one.line.tolist()) for one in reading.rejects] == (
            [] if is_clean else [("truncated", [kept + 1])]
        ), size


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_batches_of_any_size_give_the_same(batch):
    capture = pcap([PROBE, management(1, PHONE, AP, AP, answer(0)), PROBE, PROBE[:20], PROBE])[:-1]
    parser = FORMATS["capture"].prepare(b"", SNIFFER)
    readings = [parser.parse(frames, frames.first, 0) for frames in frames_of(io.BytesIO(capture), batch)]
    whole = read(capture)
    assert [one for reading in readings for one in rows_of(reading)] == rows_of(whole)
    assert sum(reading.read for reading in readings) == whole.read == 5


MIXED = [radiotap(PROBE), radiotap(management(3, PHONE, AP, AP, answer(0))), radiotap(PROBE, flags=0x40)]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([pcap(MIXED, RADIOTAP), pcapng(MIXED, RADIOTAP), pcap([prism(PROBE)], PRISM)]),
    st.lists(st.tuples(st.integers(0, 600), st.binary(max_size=6)), max_size=5),
)
def test_damaged_captures_lose_no_record(capture, damage):
    for place, instead in damage:
        capture = capture[:place] + instead + capture[place + len(instead) :]
    reading = read(capture)
    assert reading.read == total_of(reading)
    assert {one.reason for one in reading.rejects} <= set(REASONS)
    assert all(mac and not mac >> 40 & 1 for mac in reading.mac.tolist())
    assert reading.ap.null_count == 0


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([b"", pcap([])[:24], pcapng([])[:28]]), st.binary(max_size=200))
def test_junk_ends_a_capture_and_raises_nothing(head, junk):
    reading = read(head + junk)
    assert reading.read == total_of(reading)
