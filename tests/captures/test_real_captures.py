"""Captures from outside, against the counts and tables of those who made them, against scapy and against tshark."""

import csv
import datetime
import gzip
import lzma
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from ingest.capture import frames_of
from ingest.feed import Feed
from ingest.formats import FORMATS
from ingest.frames import MANAGEMENT, Frames, Headers, headers_of
from ingest.radio_headers import NO_CHANNEL, NO_SIGNAL, READ
from ingest.scan import NO_MAC, mac_text
from pipelines.sources.captures import captures_of
from pipelines.sources.folder import RawFile
from privacy.pseudonyms import is_random

CAPTURES = Path(__file__).parents[3] / "shared" / "realdata" / "captures"
KRACK = "krackattacks-scripts__example-ft.pcapng"
BRNO = ("pos1_2024-03-30", "pos1_2025-03-29")
NAMES = (
    KRACK,
    "libpcap__ieee802.11_exthdr.pcap",
    "libpcap__wpa-Induction.pcap",
    "libpcap__wpa2linkuppassphraseiswireshark.pcap",
    "arkime__80211http.pcap",
    *(f"{name}.pcap" for name in BRNO),
)
ASSOCIATIONS = {0: "association", 1: "association answer", 2: "reassociation", 3: "reassociation answer"}
OTHERS = {
    4: "probe",
    5: "probe answer",
    8: "beacon",
    10: "disassociation",
    11: "authentication",
    12: "deauthentication",
}


@pytest.fixture(autouse=True)
def captures() -> None:
    if not CAPTURES.is_dir():
        if os.environ.get("CI"):
            pytest.fail("CI needs ../shared/realdata/captures")
        pytest.skip("there is no ../shared/realdata/captures")


def read(name: str) -> tuple[Frames, Headers]:
    """The one batch of a capture, and its headers."""
    with (CAPTURES / name).open("rb") as file:
        (frames,) = frames_of(file)
    assert frames.fault == ""
    return frames, headers_of(frames)


def types_of(headers: Headers) -> Counter[str]:
    """How many management frames there are of each kind that the README counts."""
    names = ASSOCIATIONS | OTHERS
    return Counter(names[code] for code in headers.subtype[headers.kind == MANAGEMENT].tolist())


@pytest.mark.parametrize(
    ("name", "frames", "counts"),
    [
        (
            KRACK,
            1_378,
            {
                "association": 1,
                "association answer": 1,
                "reassociation": 13,
                "reassociation answer": 12,
                "probe": 3,
                "probe answer": 123,
                "beacon": 931,
                "authentication": 4,
                "deauthentication": 1,
            },
        ),
        ("libpcap__ieee802.11_exthdr.pcap", 10, {"association": 1, "association answer": 1}),
        ("libpcap__wpa2linkuppassphraseiswireshark.pcap", 16, {"association": 1, "disassociation": 1}),
        ("arkime__80211http.pcap", 26, {}),
    ],
)
def test_the_frames_that_the_readme_counts(name, frames, counts):
    _, headers = read(name)
    assert headers.state.tolist() == [READ] * frames
    found = types_of(headers)
    assert {kind: found[kind] for kind in counts} == counts
    if name == KRACK:
        assert found == counts
        assert len(set(headers.bssid[(headers.kind == MANAGEMENT) & (headers.subtype == 8)].tolist())) == 2
    if not counts:
        assert set(headers.kind.tolist()) == {2}  # data


@pytest.mark.parametrize("name", BRNO)
def test_every_frame_of_brno_is_the_row_of_its_table(name):
    """Their table is in local time, and says the address, the signal, the channel and whether the address is random."""
    frames, headers = read(f"{name}.pcap")
    with (CAPTURES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        truth = list(csv.DictReader(file, delimiter=";"))
    assert types_of(headers) == {"probe": len(truth)}
    ours = zip(frames.at_us, headers.source, headers.signal_dbm, headers.channel_mhz, strict=True)
    rows = [
        (local(int(at_us)), mac_text(int(mac)), str(int(random_bit(mac))), str(signal), str(mhz))
        for at_us, mac, signal, mhz in ours
    ]
    assert rows == [
        (row["datetime"], row["src"], row["randomized"], str(int(float(row["rssi"]))), row["ch_freq"]) for row in truth
    ]


def local(at_us: int) -> str:
    second = datetime.datetime.fromtimestamp(at_us // 1_000_000, ZoneInfo("Europe/Prague"))
    return f"{second:%Y-%m-%d %H:%M:%S}.{at_us % 1_000_000:06d}"


def random_bit(mac: np.uint64) -> bool:
    return bool(is_random(np.array([mac], np.uint64))[0])


@pytest.mark.parametrize("name", BRNO)
def test_every_probe_of_brno_is_a_sighting_at_the_capturing_ap(name):
    frames, headers = read(f"{name}.pcap")
    reading = FORMATS["capture"].parse((CAPTURES / f"{name}.pcap").read_bytes(), 1, Feed("room", "capture"), 0)
    assert reading.at_ms.tolist() == (frames.at_us // 1000).tolist()
    assert reading.mac.tolist() == headers.source.tolist()
    assert reading.signal_dbm.tolist() == headers.signal_dbm.tolist()
    assert set(reading.ap.to_pylist()) == {"room"}


def test_a_radius_capture_is_refused_frame_by_frame():
    reading = FORMATS["capture"].parse((CAPTURES / "arkime__radius.pcap").read_bytes(), 1, Feed("x", "capture"), 0)
    assert [(one.reason, one.line.tolist()) for one in reading.rejects] == [("not-the-format", [1, 2])]


@pytest.mark.parametrize("pack", [lambda data: data, gzip.compress, lzma.compress], ids=["plain", "gz", "xz"])
def test_a_compressed_capture_is_read_in_batches(tmp_path, pack):
    path = tmp_path / "odd.name"
    path.write_bytes(pack((CAPTURES / KRACK).read_bytes()))
    chunks = list(captures_of(RawFile(path, "odd.name"), 1_000))
    assert [(one.first_line, one.data.first, one.data.ends.size) for one in chunks] == [
        (1, 1, 1_000),
        (1_001, 1_001, 378),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_scapys_own_dissection_agrees(name):
    from scapy.layers.dot11 import Dot11, RadioTap

    frames, headers = read(name)
    for i, data in enumerate(each(frames)):
        packet = RadioTap(data)
        frame = packet[Dot11]
        assert (headers.kind[i], headers.subtype[i]) == (frame.type, frame.subtype), i
        ours = [None if mac == NO_MAC else mac_text(int(mac)) for mac in (headers.to[i], headers.source[i])]
        assert ours[0] == frame.addr1, i
        if frame.addr2 is not None:
            assert ours[1] == frame.addr2, i
        if headers.kind[i] == MANAGEMENT:
            assert mac_text(int(headers.bssid[i])) == frame.addr3, i
        assert headers.signal_dbm[i] == (NO_SIGNAL if packet.dBm_AntSignal is None else packet.dBm_AntSignal), i
        assert headers.channel_mhz[i] == (packet.ChannelFrequency or NO_CHANNEL), i


def each(frames: Frames) -> Iterator[bytes]:
    start = 0
    for end in frames.ends.tolist():
        yield frames.data[start:end].tobytes()
        start = end


@pytest.mark.parametrize("name", NAMES)
def test_tshark_counts_the_same_frames(name):
    tshark = shutil.which("tshark")
    if not tshark:
        pytest.skip("tshark is not installed (Debian package tshark)")
    fields = ["-T", "fields", "-e", "wlan.fc.type", "-e", "wlan.fc.subtype"]
    said = subprocess.run([tshark, "-n", "-r", CAPTURES / name, *fields], capture_output=True, text=True, check=True)
    theirs = Counter(tuple(int(value, 0) for value in line.split("\t")) for line in said.stdout.splitlines())
    _, headers = read(name)
    ours = Counter(zip(headers.kind.tolist(), headers.subtype.tolist(), strict=True))
    assert ours == theirs
