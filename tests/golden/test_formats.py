"""Every format's golden log gives exactly the rows, refusals and ignored records that are written beside it."""

from dataclasses import replace

import pyarrow as pa
import pytest

from ingest.feed import Feed
from ingest.formats import FORMATS
from schemas import ConfigError
from schemas.sighting import JOINED, SEEN
from tests.golden.readings import DATA, GOLDEN, NEAR_MS, TELLING, VENDOR_CSV, rows_of, told_of, written


@pytest.mark.parametrize("name", GOLDEN)
def test_a_log_gives_the_rows_beside_it(name):
    feed, near_ms = GOLDEN[name]
    reading = FORMATS[feed.format].parse((DATA / name).read_bytes(), 1, feed, near_ms)
    assert written(reading, feed.format in TELLING) == (DATA / f"{name}.expected").read_text(encoding="utf-8")


def test_formats_that_say_so_tell_two_clocks_and_no_others():
    """Whatever stands in the golden logs, or behind a relay's frame, with the line's own or another."""
    found = set()
    for name, (feed, near_ms) in GOLDEN.items():
        plain = (DATA / name).read_bytes()
        lines, relay = plain.splitlines(keepends=True), b"Nov 21 09:00:03 relay-1 "
        relayed = b"".join(relay + line for line in lines)
        reframed = b"".join(relay + b"<30>Nov 21 09:00:01 " + line.split(b" ", 1)[-1] for line in lines)
        readings = [FORMATS[feed.format].parse(log, 1, feed, near_ms) for log in (plain, relayed, reframed)]
        if "received" not in feed.columns and any(reading.received_ms is not None for reading in readings):
            found.add(feed.format)
    assert found == {name for name, form in FORMATS.items() if form.tells_two_clocks}


def test_parquet_takes_times_addresses_and_signals_in_the_types_that_occur():
    local = 1_795_251_601_500_000  # 09:00:01.5 on 21 November 2026, on the clock of the wall
    table = pa.table(
        {
            "at": pa.array([local, local, None, local], pa.timestamp("us")),
            "device": ["02:00:5e:00:00:01", "guest-7", "guest-7", None],
            "ap": pa.array(["ap-1", "02-00-5E-00-00-AA", "ap-1", "ap-1"]).dictionary_encode(),
            "signal": pa.array([-60.0, None, -61, -61], pa.float64()),
        }
    )
    reading = FORMATS["parquet"].parse(table, 11, Feed("probes", "parquet", "Asia/Tokyo"), NEAR_MS)
    assert rows_of(reading) == [
        (11, "2026-11-21T00:00:01.500Z", "seen", "02:00:5e:00:00:01", "ap-1", "-60dBm"),
        (12, "2026-11-21T00:00:01.500Z", "seen", "guest-7", "02:00:5e:00:00:aa", "-"),
    ]
    assert written(reading).endswith("refused 13 missing-field\nrefused 14 no-address\nread 4\n")


def test_parquet_says_when_a_row_was_received_if_the_feed_maps_it():
    at = pa.array([1_795_251_601_000] * 2, pa.timestamp("ms"))
    received = pa.array([1_795_251_695_000, None], pa.timestamp("ms"))
    table = pa.table({"at": at, "device": ["guest"] * 2, "ap": ["ap-1"] * 2, "rx": received, "clock": ["AC-1"] * 2})
    feed = Feed("probes", "parquet", columns={"received": "rx", "clock": "clock"})
    reading = FORMATS["parquet"].parse(table, 1, feed, NEAR_MS)
    assert told_of(reading) == [" clock=AC-1 received=2026-11-21T09:01:35Z", " clock=AC-1"]
    assert told_of(FORMATS["parquet"].parse(table, 1, Feed("probes", "parquet"), NEAR_MS)) == ["", ""]


@pytest.mark.parametrize(
    "times",
    [
        pa.array([1_795_251_601], pa.timestamp("s", "UTC")),
        pa.array([1_795_251_601_000_000_000], pa.timestamp("ns", "Asia/Tokyo")),
        pa.array([1_795_251_601_000]),
        pa.array([1_795_251_601_000.0]),
        pa.array(["1795251601000"], pa.large_string()),
    ],
    ids=lambda times: str(times.type),
)
def test_one_instant_in_every_type_of_a_parquet_column(times):
    table = pa.table({"at": times, "device": ["02:00:5e:00:00:01"], "ap": ["ap-1"]})
    feed = Feed("probes", "parquet", "Asia/Tokyo", time_format="epoch_ms")
    assert FORMATS["parquet"].parse(table, 1, feed, NEAR_MS).at_ms.tolist() == [1_795_251_601_000]


def test_parquet_without_a_needed_column_is_refused_row_by_row():
    reading = FORMATS["parquet"].parse(pa.table({"at": [1, 2]}), 1, Feed("probes", "parquet"), NEAR_MS)
    assert written(reading) == "refused 1 not-the-format\nrefused 2 not-the-format\nread 2\n"


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_file_is_an_empty_reading(name):
    empty = pa.table({"at": []}) if FORMATS[name].unit == "table" else b""
    reading = FORMATS[name].parse(empty, 1, Feed("mall", name), NEAR_MS)
    assert written(reading) == "read 0\n"


LINES = [name for name, one in FORMATS.items() if one.unit == "lines" and one.record_ends == (b"\n",)]


@pytest.mark.parametrize("name", LINES)
def test_a_line_that_is_too_long_costs_itself_alone(name):
    log = b"at,device,ap\n" + b"x" * (FORMATS[name].longest_line + 1) + b"\n\n"
    reading = FORMATS[name].parse(log, 1, Feed("mall", name), NEAR_MS)
    assert "refused 2 line-too-long\n" in written(reading)
    assert reading.ignored["blank"] == 1
    assert reading.read == 3


def test_a_join_in_a_feed_that_never_reports_leaving_makes_no_link():
    log = (DATA / "mac-8-notations.csv").read_bytes()
    reading = FORMATS["csv"].parse(log, 1, replace(VENDOR_CSV, reports_leaving=False), NEAR_MS)
    assert {kind for _, _, kind, *_ in rows_of(reading)} == {"seen", "left", "idle"}


@pytest.mark.parametrize(
    ("feed", "fault"),
    [
        (Feed("mall", "csv", "Asia/Atlantis"), "Asia/Atlantis"),
        (Feed("mall", "csv", columns={"delimiter": "::"}), "delimiter"),
    ],
    ids=["zone", "delimiter"],
)
def test_a_feed_that_cannot_be_is_refused_before_any_line(feed, fault):
    with pytest.raises(ConfigError, match=fault):
        FORMATS["csv"].prepare(b"at,device,ap\n", feed)


@pytest.mark.parametrize(
    "name",
    [
        "aruba-ale.jsonl",
        "cisco-cmx.jsonl",
        "cisco-firehose.jsonl",
        "coovachilli.log",
        "meraki-v2.jsonl",
        "meraki-v3.jsonl",
        "mist.jsonl",
        "mist-location.jsonl",
        "nodogsplash.log",
        "omada.log",
        "unifi.jsonl",
        "unifi-log.jsonl",
        "wifidog.log",
    ],
)
def test_nothing_of_a_body_but_the_sighting_is_read(name):
    feed, near_ms = GOLDEN[name]
    log = (DATA / name).read_bytes()
    reading = FORMATS[feed.format].parse(log, 1, feed, near_ms)
    for private in ("someone@example.com", "not-kept"):
        assert private.encode() in log
        assert private not in repr(reading)


def test_a_record_with_a_line_that_is_too_long_costs_itself_alone():
    feed, near_ms = GOLDEN["missing-stop.detail"]
    log = (DATA / "missing-stop.detail").read_bytes()
    longer = log.replace(b"Acct-Session-Time = 600", b"Class = 0x" + b"0" * (1 << 20))
    readings = [FORMATS["freeradius"].parse(text, 1, feed, near_ms) for text in (log, longer)]
    assert [row[0] for row in rows_of(readings[0])] == [1, 11, 22, 33, 43, 43]
    assert [row[0] for row in rows_of(readings[1])] == [1, 22, 33, 43, 43]
    assert "refused 11 line-too-long\n" in written(readings[1])


def test_radius_says_whose_clock_it_was_what_the_server_received_and_who_logged_in():
    feed, near_ms = GOLDEN["freeradius.detail"]
    reading = FORMATS["freeradius"].parse((DATA / "freeradius.detail").read_bytes(), 1, feed, near_ms)
    assert reading.clock.to_pylist() == ["192.0.2.14"] * 7
    assert [text for text in reading.user.to_pylist() if text] == ["zhang.wei"]  # an address, nobody: no account
    lag_ms = reading.received_ms - reading.at_ms
    assert lag_ms[[0, 4, 5, 6]].tolist() == [1000] * 4
    assert (reading.restarts.clock, len(reading.restarts.at_ms)) == (["192.0.2.14"], 1)


@pytest.mark.parametrize(
    ("ap_is", "aps"),
    [
        ("called-station", ["02:00:5e:00:cc:cc"] * 4),
        ("nas-identifier", ["ap-food", "ap-toys", "ap-toys", "ap-toys"]),
        ("location-name", ["mall,food court", "mall,toy shop", "mall,toy shop", "mall,toy shop"]),
    ],
)
def test_the_feed_says_which_attribute_names_the_access_point(ap_is, aps):
    feed, near_ms = GOLDEN["portal-mac-as-ap.detail"]
    log = (DATA / "portal-mac-as-ap.detail").read_bytes()
    reading = FORMATS["freeradius"].parse(log, 1, replace(feed, ap_is=ap_is), near_ms)
    assert reading.ap.to_pylist() == aps


def test_a_feed_without_a_kind_column_may_say_what_all_of_its_rows_are():
    log = b"at,device,ap\n2026-11-21T09:00:01Z,02:00:5e:00:00:01,door\n"
    kinds = [
        FORMATS["csv"].parse(log, 1, Feed("portal", "csv", kinds=names), NEAR_MS).kind.tolist()
        for names in ({}, {"": "joined"})
    ]
    assert kinds == [[SEEN], [JOINED]]
