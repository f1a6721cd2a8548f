"""The whole way from a raw log to stays, "a new stay after 30 minutes, per access point and device", in each engine.

The answer of a way: how many stays, of how many devices, and a sum over (access point, start, end) of all stays. The
device itself is not in the sum: ours is a pseudonym, since the product does not work without; scripts keep addresses.
"""

import datetime
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.raw_logs import GAP_S, MIDNIGHT_MS, TIME_ZONE

Answer = dict[str, Any]
_YEAR = 2026


def ours(path: str, form: str) -> Answer:
    """The product's own parsers, pseudonyms and walk, chunks in threads, no disk in between."""
    from ingest.formats import FORMATS
    from ingest.registry import from_data
    from ingest.sightings import sightings_of
    from ingest.subjects import Subjects
    from pipelines.engines.local import in_order
    from pipelines.sources.chunks import chunks_of
    from pipelines.sources.folder import RawFile
    from sessionize.visits import visits

    feed, registry, day = _feed(form), from_data(), _day()
    subjects = Subjects(bytes(range(32)))
    parser = None

    def sightings(chunk: Any) -> pa.Table:
        reading = parser.parse(chunk.data, chunk.first_line, MIDNIGHT_MS)
        rows, _, _ = sightings_of(reading, feed, chunk.file, registry, day, subjects)
        return rows.select(["at_ms", "subject", "ap", "kind"])

    chunks = chunks_of(RawFile(Path(path), Path(path).name))
    head = next(chunks)
    parser = FORMATS[feed.format].prepare(head.data, feed)
    parts = [sightings(head), *in_order(sightings, chunks)]
    rows = pa.concat_tables(parts)
    names = sorted({name for part in parts for name in part["ap"].chunk(0).dictionary.to_pylist()})
    found = visits(rows, from_data(names).places, _rules(), day, fate=False)
    stays = found.visits
    return answer_of(stays["site"], stays["start_ms"], stays["end_ms"], stays["subject"])


def duckdb(path: str, form: str) -> Answer:
    """Timestamps by the reader or `strptime`, one regular expression a line, two windows of one order."""
    import duckdb as engine

    lines = f"""
        SELECT epoch(strptime('{_YEAR} ' || e.heard, '%Y %b %d %H:%M:%S'))::BIGINT AS heard, e.ap, e.device
        FROM (SELECT regexp_extract(line, '{EVENT}', ['heard', 'ap', 'device']) AS e
              FROM read_csv('{path}', columns = {{'line': 'VARCHAR'}}, header = false, delim = '\\x01', quote = '',
                            escape = '', auto_detect = false))
        WHERE e.device <> ''"""
    rows = f"""
        SELECT epoch(time)::BIGINT AS heard, ap, device
        FROM read_csv('{path}', header = true,
                      columns = {{'time': 'TIMESTAMP', 'ap': 'VARCHAR', 'device': 'VARCHAR'}})"""
    query = f"""
        SELECT ap, device, min(heard) AS began, max(heard) AS ended
        FROM (SELECT *, sum(begins) OVER (PARTITION BY ap, device ORDER BY heard RANGE UNBOUNDED PRECEDING) AS stay
              FROM (SELECT *,
                           ifnull(heard - lag(heard) OVER before > {GAP_S}, false)::INT AS begins
                    FROM ({lines if form == "syslog" else rows})
                    WINDOW before AS (PARTITION BY ap, device ORDER BY heard)))
        GROUP BY ap, device, stay"""
    with engine.connect() as connection:
        return _answer_of_local(connection.sql(query).to_arrow_table())


def polars(path: str, form: str) -> Answer:
    """A lazy scan; stays from the sorted list of each (access point, device), its faster form."""
    import polars as pl

    if form == "syslog":
        line = pl.scan_csv(path, has_header=False, separator="\x01", quote_char=None, new_columns=["line"])
        events = line.select(pl.col("line").str.extract_groups(EVENT).alias("e")).unnest("e").drop_nulls("device")
        time = pl.format(f"{_YEAR} {{}}", pl.col("at")).str.to_datetime("%Y %b %e %H:%M:%S", time_unit="ms")
        rows = events.select(time.alias("at"), "ap", "device")
    else:
        rows = pl.scan_csv(path).select(pl.col("time").str.to_datetime("%Y-%m-%d %H:%M:%S").alias("at"), "ap", "device")
    at = pl.col("at").dt.epoch("s").sort()
    stays = (
        rows.group_by("ap", "device")
        .agg(
            began=at.filter((at.diff() > GAP_S).fill_null(True)),
            ended=at.filter((at.diff().shift(-1) > GAP_S).fill_null(True)),
        )
        .explode("began", "ended")
    )
    return _answer_of_local(stays.collect().to_arrow())


# of an event: its time, host and address; all four messages that say that a device came or went
EVENT = (
    r"^<\d+>(?P<at>\w{3} [ \d]\d [\d:]{8}) (?P<ap>\S+) hostapd: \S+ (?:AP-STA-(?:DIS)?CONNECTED|STA) "
    r"(?P<device>[0-9a-f:]{17})(?:$| IEEE 802\.11: (?:associated|disassociated))"
)


def _answer_of_local(stays: pa.Table) -> Answer:
    offset = MIDNIGHT_MS // 1000 - int(datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC).timestamp())
    began, ended = ((stays[name].cast(pa.int64()).to_numpy() + offset) * 1000 for name in ("began", "ended"))
    return answer_of(stays["ap"], pa.chunked_array([began]), pa.chunked_array([ended]), stays["device"])


def answer_of(
    ap: pa.ChunkedArray, start_ms: pa.ChunkedArray, end_ms: pa.ChunkedArray, device: pa.ChunkedArray
) -> Answer:
    """The same for the same stays in any order, whatever devices are called."""
    names = ap.cast(pa.string()).combine_chunks().dictionary_encode()
    number = np.array([zlib.crc32(name.encode()) for name in names.dictionary.to_pylist()], np.uint64)
    start, end = (column.to_numpy().view(np.uint64) for column in (start_ms, end_ms))
    mixed = (number[names.indices.to_numpy()] * np.uint64(0x9E3779B97F4A7C15) ^ start) * np.uint64(0xC2B2AE3D27D4EB4F)
    mixed = (mixed ^ (mixed >> np.uint64(29)) ^ end) * np.uint64(0x165667B19E3779F9)
    total = int(mixed.sum(dtype=np.uint64))
    return {"stays": len(start), "devices": len(device.unique()), "sum": f"{total:016x}"}


def _feed(form: str) -> Any:
    from ingest.feed import Feed

    columns = {"at": "time", "ap": "ap", "device": "device"}
    if form == "syslog":
        return Feed("bench", "hostapd", TIME_ZONE)
    return Feed("bench", "csv", TIME_ZONE, columns=columns, reports_leaving=False)


def _day() -> Any:
    from schemas.day import Day

    end = MIDNIGHT_MS + 86_400_000
    return Day("bench", datetime.date(2026, 11, 21), MIDNIGHT_MS, end, MIDNIGHT_MS, end)


def _rules() -> Any:
    from sessionize.rules import VisitRules

    holds = dict.fromkeys(
        ("hold_joined_ms", "hold_seen_ms", "hold_left_ms", "hold_idle_ms", "longest_ms"), GAP_S * 1000
    )
    return VisitRules(definition="gap", scope="site", flap_ms=0, memory_ms=0, tail_ms=0, **holds)
