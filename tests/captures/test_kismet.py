"""Kismet's log: the packets of its 802.11 part mean what the same frames mean in a capture."""

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.feed import Feed
from ingest.formats import FORMATS
from pipelines.sources.captures import captures_of
from pipelines.sources.folder import RawFile
from tests.captures.written import AP, AT_S, AT_US, BARE, PHONE, PROBE, RADIOTAP, answer, management, pcap, radiotap
from tests.golden.readings import rows_of, total_of, written

DOOR = Feed("door", "kismet")
FRAMES = [radiotap(PROBE), radiotap(management(3, PHONE, AP, AP, answer(0))), radiotap(PROBE, flags=0x40)]
PACKETS = """
    CREATE TABLE packets (ts_sec INT, ts_usec INT, phyname TEXT, sourcemac TEXT, destmac TEXT, transmac TEXT,
    frequency REAL, devkey TEXT, lat REAL, lon REAL, alt REAL, speed REAL, heading REAL, packet_len INT, signal INT,
    datasource TEXT, dlt INT, packet BLOB, error INT, tags TEXT, datarate REAL, hash INT, packetid INT,
    packet_full_len INT)
"""


def kismet(packets: list[tuple], schema: str = PACKETS) -> bytes:
    """A log with these (second, microsecond, part of Kismet, link type, bytes)."""
    with closing(sqlite3.connect(":memory:")) as log:
        log.execute(schema)
        log.executemany("INSERT INTO packets (ts_sec, ts_usec, phyname, dlt, packet) VALUES (?, ?, ?, ?, ?)", packets)
        log.commit()
        return log.serialize()


def another() -> bytes:
    """A database that is none of Kismet's."""
    with closing(sqlite3.connect(":memory:")) as other:
        other.execute("CREATE TABLE notes (packets TEXT)")
        other.commit()
        return other.serialize()


def each_second(frames: list[bytes], link: int = RADIOTAP) -> list[tuple]:
    return [(AT_S + k, AT_US, "IEEE802.11", link, frame) for k, frame in enumerate(frames)]


def read(log: bytes):
    return FORMATS["kismet"].parse(log, 1, DOOR, 0)


def test_packets_mean_what_they_mean_in_a_capture():
    reading = read(kismet(each_second(FRAMES)))
    assert written(reading) == written(FORMATS["capture"].parse(pcap(FRAMES, RADIOTAP), 1, DOOR, 0))
    assert len(rows_of(reading)) == 2


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        ((AT_S, 0, "Bluetooth", 256, b"\0" * 40), "read 0\n"),
        ((AT_S, 0, "IEEE802.11", RADIOTAP, b""), "refused 1 truncated\nread 1\n"),
        ((AT_S, 0, "IEEE802.11", RADIOTAP, None), "refused 1 truncated\nread 1\n"),
        ((AT_S, 0, "IEEE802.11", None, PROBE), "refused 1 not-the-format\nread 1\n"),
        ((None, 0, "IEEE802.11", BARE, PROBE), "refused 1 bad-time\nread 1\n"),
        ((2**62, 0, "IEEE802.11", BARE, PROBE), "refused 1 bad-time\nread 1\n"),
    ],
    ids=["bluetooth", "stripped", "null", "no-link-type", "no-time", "far-future"],
)
def test_packets_that_are_no_sighting(packet, expected):
    assert written(read(kismet([packet]))) == expected


SPOILT = kismet([]).replace(b"CREATE TABLE packets", b"CREATE TABL\xaf packets")


@pytest.mark.parametrize("log", [b"no database", another(), SPOILT], ids=["junk", "another", "spoilt"])
def test_what_is_no_log_is_one_refusal(log):
    assert written(read(log)) == "refused 1 not-the-format\nread 1\n"


def test_a_log_is_read_in_place_and_in_batches(tmp_path: Path):
    path = tmp_path / "odd name #1.kismet"
    path.write_bytes(kismet(each_second(FRAMES)))
    chunks = list(captures_of(RawFile(path, path.name), 2))
    parser = FORMATS["kismet"].prepare(b"", DOOR)
    readings = [parser.parse(chunk.data, chunk.first_line, 0) for chunk in chunks]
    assert [chunk.first_line for chunk in chunks] == [1, 3]
    assert [row for reading in readings for row in rows_of(reading)] == rows_of(read(path.read_bytes()))
    assert sorted(one.name for one in tmp_path.iterdir()) == [path.name]


def test_a_compressed_log_is_refused(tmp_path: Path):
    path = tmp_path / "log.kismet.gz"
    path.write_bytes(gzip.compress(kismet(each_second(FRAMES))))
    (chunk,) = captures_of(RawFile(path, path.name))
    assert chunk.data.fault == "not-the-format"


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(16, 1 << 13), st.binary(min_size=1, max_size=8)), max_size=5),
    st.integers(0, 1 << 13),
)
def test_damaged_logs_lose_no_record(damage, size):
    log = kismet(each_second(FRAMES))
    for place, instead in damage:
        log = log[:place] + instead + log[place + len(instead) :]
    reading = read(log[: max(size, 16)])
    assert reading.read == total_of(reading)
