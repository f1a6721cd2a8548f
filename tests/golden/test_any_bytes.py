"""Whatever the bytes are: a parser never raises, loses no record, and does not care where a file is cut."""

from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.clocks import EARLIEST_MS, LATEST_MS
from ingest.feed import Feed
from ingest.formats import FORMATS
from ingest.reading import IGNORED, NO_MAC
from schemas.rejected import REASONS
from tests.golden.readings import BODIES, DATA, GOLDEN, NEAR_MS, rows_of, told_of, total_of

TELLING = st.sampled_from([b"", b"\n", b"\r\n", b"\0", b'"', b",", b"{", b"}", b"\xff\xfe", b"-", b"9", b" ", b"<"])
STRETCH = st.tuples(st.integers(0, 1 << 16), st.integers(0, 40), TELLING | st.binary(max_size=12))  # place, length
DAMAGE = st.lists(STRETCH, max_size=8)
LOGS = [name for name in GOLDEN if "other-header" not in name]


def damaged(log: bytes, damage: list[tuple[int, int, bytes]]) -> bytes:
    """`log` with some stretches replaced."""
    for place, length, instead in damage:
        at = place % (len(log) + 1)
        log = log[:at] + instead + log[at + length :]
    return log


def check_conserved(reading):
    assert reading.read == total_of(reading)
    columns = (reading.at_ms, reading.mac, reading.ap, reading.kind, reading.signal_dbm, reading.line)
    assert {len(column) for column in columns} == {len(reading.at_ms)}
    assert {one.reason for one in reading.rejects} <= set(REASONS)
    assert reading.ignored.keys() <= set(IGNORED)
    assert all(EARLIEST_MS <= at < LATEST_MS for at in reading.at_ms.tolist())
    assert all(mac == NO_MAC or (mac and not mac >> 40 & 1) for mac in reading.mac.tolist())
    reading.ap.validate(full=True)
    assert reading.ap.null_count == 0
    assert len(told_of(reading)) == len(reading.at_ms)
    for column in (reading.opaque, reading.clock, reading.user):
        if column is not None:
            column.validate(full=True)


@pytest.mark.parametrize("name", LOGS)
@settings(max_examples=60, deadline=None)
@given(damage=DAMAGE)
def test_damaged_logs_lose_no_record(name, damage):
    feed, near_ms = GOLDEN[name]
    log = damaged((DATA / name).read_bytes(), damage)
    reading = FORMATS[feed.format].parse(log, 1, feed, near_ms)
    check_conserved(reading)
    if ends_of_records(feed) != [b"\n"]:
        assert reading.read >= paragraphs_in(log)
    elif feed.format in BODIES:
        assert reading.read >= lines_in(log)
    else:
        assert reading.read == lines_in(log)


def lines_in(log: bytes) -> int:
    return log.count(b"\n") + (not log.endswith(b"\n") and bool(log))


def paragraphs_in(log: bytes) -> int:
    lines = ["text" if line.removesuffix(b"\r") else "" for line in log.split(b"\n")]
    return sum(bool(line and not before) for before, line in pairwise(["", *lines]))


def ends_of_records(feed: Feed) -> list[bytes]:
    return list(FORMATS[feed.format].record_ends)


@pytest.mark.parametrize("name", [name for name, one in FORMATS.items() if one.unit == "lines"])
@settings(max_examples=60, deadline=None)
@given(log=st.binary(max_size=400))
def test_binary_junk_loses_no_record(name, log):
    check_conserved(FORMATS[name].parse(log, 1, Feed("mall", name), NEAR_MS))


@pytest.mark.parametrize("name", LOGS)
@settings(max_examples=40, deadline=None)
@given(damage=DAMAGE, cuts=st.sets(st.integers(0, 40), max_size=6))
def test_a_file_cut_at_any_ends_of_records_gives_the_same(name, damage, cuts):
    feed, near_ms = GOLDEN[name]
    log = damaged((DATA / name).read_bytes(), damage)
    parser = FORMATS[feed.format].prepare(log, feed)
    whole = parser.parse(log, 1, near_ms)
    readings, line = [], 1
    for chunk in pieces(log, cuts, ends_of_records(feed)[0]):
        readings.append(parser.parse(chunk, line, near_ms))
        line += chunk.count(b"\n")
    assert [row for one in readings for row in rows_of(one)] == rows_of(whole)
    assert [told for one in readings for told in told_of(one)] == told_of(whole)
    assert refusals(*readings) == refusals(whole)
    assert sum(one.read for one in readings) == whole.read


def pieces(log: bytes, cuts: set[int], mark: bytes) -> list[bytes]:
    """The log cut after the records with these numbers."""
    records = [record + mark for record in log.split(mark)]
    records[-1] = records[-1][: -len(mark)]
    edges = [0, *sorted(cut for cut in cuts if 0 < cut < len(records)), len(records)]
    return [b"".join(records[a:b]) for a, b in pairwise(edges)]


def refusals(*readings) -> list[tuple[str, int]]:
    return sorted((one.reason, int(line)) for reading in readings for one in reading.rejects for line in one.line)


VALUES = st.none() | st.integers(-(1 << 62), 1 << 62) | st.floats() | st.text(max_size=20) | st.binary(max_size=20)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=5), st.sampled_from(["iso", "epoch_s", "epoch_ms"]))
def test_tables_of_any_types_lose_no_record(rows, time_format):
    columns = {name: uniform([row[k] for row in rows]) for k, name in enumerate(("at", "device", "ap"))}
    feed = Feed("probes", "parquet", time_format=time_format)
    reading = FORMATS["parquet"].parse(pa.table(columns), 1, feed, NEAR_MS)
    check_conserved(reading)
    assert reading.read == len(rows)


def uniform(values: list) -> pa.Array:
    """An Arrow column of the type of the first value that is one, the others null."""
    kind = next((type(value) for value in values if value is not None), str)
    return pa.array([value if type(value) is kind else None for value in values])
