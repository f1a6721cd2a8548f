"""Reading logs alone, on one core, beside what one would write otherwise: regular expressions, JSON loops, tshark.

All ways take the same fields of the same file: time, access point, device and what it did. A way's answer: how many
records, devices and access points, and the sum of their times. What follows reading is in `logs_to_stays`.
"""

import datetime
import os
import re
import subprocess
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from benchmarks.logs_to_stays import EVENT
from benchmarks.made import DATA
from benchmarks.raw_logs import MIDNIGHT_MS, TIME_ZONE, log_file

Answer = dict[str, int]
PEERS = {
    "syslog": ("duckdb", "polars", "python"),
    "unifi": ("python", "python_orjson"),
    "meraki-v2": ("python", "python_orjson"),
    "capture": ("tshark",),
}
_FORMATS = {"syslog": "hostapd"}
_OFFSET_MS = 9 * 3_600_000  # of Tokyo
_YEAR = 2026
_BODY = 25  # observations of a body


def ours(path: str, form: str) -> Answer:
    """The product's parser, chunk by chunk in this thread."""
    from ingest.feed import Feed
    from pipelines.sources.folder import RawFile
    from pipelines.sources.pieces import tasks_of

    feed = Feed("bench", _FORMATS.get(form, form), TIME_ZONE)
    tasks = tasks_of(feed, RawFile(Path(path), Path(path).name), MIDNIGHT_MS)
    readings = [task.parser.parse(task.piece.data, task.piece.first_line, task.near_ms) for task in tasks]
    aps = {name for one in readings for name in one.ap.dictionary.to_pylist()}
    mac, at = (np.concatenate([getattr(one, name) for one in readings]) for name in ("mac", "at_ms"))
    return {"records": len(at), "devices": len(pc.unique(pa.array(mac))), "aps": len(aps), "sum": int(at.sum())}


def duckdb(path: str, form: str) -> Answer:
    """One regular expression a line, one thread."""
    import duckdb as engine

    assert form == "syslog"
    query = f"""
        SELECT epoch_ms(strptime('{_YEAR} ' || e.heard, '%Y %b %d %H:%M:%S')) AS at, e.ap, e.device
        FROM (SELECT regexp_extract(line, '{EVENT}', ['heard', 'ap', 'device']) AS e
              FROM read_csv('{path}', columns = {{'line': 'VARCHAR'}}, header = false, delim = '\\x01', quote = '',
                            escape = '', auto_detect = false))
        WHERE e.device <> ''"""
    with engine.connect(config={"threads": 1}) as connection:
        return _answer(connection.sql(query).to_arrow_table(), _OFFSET_MS)


def polars(path: str, form: str) -> Answer:
    """`extract_groups` over a lazy scan, one thread."""
    assert form == "syslog"
    os.environ["POLARS_MAX_THREADS"] = "1"  # before the import
    import polars as pl

    line = pl.scan_csv(path, has_header=False, separator="\x01", quote_char=None, new_columns=["line"])
    events = line.select(pl.col("line").str.extract_groups(EVENT).alias("e")).unnest("e").drop_nulls("device")
    time = pl.format(f"{_YEAR} {{}}", pl.col("at")).str.to_datetime("%Y %b %e %H:%M:%S", time_unit="ms")
    rows = events.select(time.dt.epoch("ms").alias("at"), "ap", "device")
    return _answer(rows.collect().to_arrow(), _OFFSET_MS)


def python(path: str, form: str) -> Answer:
    """A line at a time with `re` or `json`, as scripts do."""
    if form == "syslog":
        return _answer_of_rows(_matched(path), _OFFSET_MS)
    import json

    return _answer_of_rows(_LOOPS[form](path, json.loads))


def python_orjson(path: str, form: str) -> Answer:
    """The same loop with the fastest reader of JSON."""
    import orjson

    return _answer_of_rows(_LOOPS[form](path, orjson.loads))


def tshark(path: str, form: str) -> Answer:
    """`tshark -T fields` of the probe requests, its columns read by Arrow."""
    assert form == "capture"
    fields = [part for name in ("frame.time_epoch", "wlan.sa", "radiotap.dbm_antsignal") for part in ("-e", name)]
    command = ["tshark", "-n", "-r", path, "-Y", "wlan.fc.type_subtype == 4", "-T", "fields", "-E", "occurrence=f"]
    told = subprocess.run([*command, *fields], capture_output=True, check=True).stdout
    names = ["at", "device", "signal"]
    rows = pyarrow.csv.read_csv(
        pa.py_buffer(told),
        read_options=pyarrow.csv.ReadOptions(column_names=names),
        parse_options=pyarrow.csv.ParseOptions(delimiter="\t"),
        convert_options=pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )
    us = pc.cast(pc.multiply(pc.cast(pc.utf8_slice_codeunits(rows["at"], 0, 10), pa.int64()), 1000), pa.int64())
    ms = pc.add(us, pc.cast(pc.utf8_slice_codeunits(rows["at"], 11, 14), pa.int64()))
    ap = pa.array(["bench"] * len(rows))
    return _answer(pa.table({"at": ms, "ap": ap, "device": rows["device"]}), 0)


def file_of(form: str, records: str) -> Path:
    """The file of about so many records, made at need."""
    if form == "syslog":
        return log_file(form, records)
    path = DATA / f"{form}-{records}" / ("day.pcap" if form == "capture" else "day.jsonl")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _MAKERS[form](path, int(records))
    return path


def _matched(path: str) -> Iterable[tuple[int, str, str]]:
    event, minutes = re.compile(EVENT), dict[str, int]()
    with Path(path).open(encoding="utf-8") as file:
        for line in file:
            if found := event.match(line):
                heard = found["at"]
                if heard not in minutes:
                    stamp = datetime.datetime.strptime(f"{_YEAR} {heard} +0000", "%Y %b %d %H:%M:%S %z")
                    minutes[heard] = round(stamp.timestamp() * 1000)
                yield minutes[heard], found["ap"], found["device"]


def _unifi(path: str, loads: Callable[[bytes], Any]) -> Iterable[tuple[int, str, str]]:
    joins = ("EVT_WU_Connected", "EVT_WG_Connected", "EVT_WU_Disconnected", "EVT_WG_Disconnected")
    with Path(path).open("rb") as file:
        for line in file:
            event = loads(line)
            key = event["key"]
            device = event.get("user") or event.get("guest")
            if key in joins:
                yield event["time"], event["ap"], device
            elif key in ("EVT_WU_Roam", "EVT_WG_Roam"):
                yield event["time"], event["ap_to"], device


def _meraki(path: str, loads: Callable[[bytes], Any]) -> Iterable[tuple[int, str, str]]:
    with Path(path).open("rb") as file:
        for line in file:
            body = loads(line)
            if body["type"] != "DevicesSeen":
                continue
            data = body["data"]
            for one in data["observations"]:
                seen = datetime.datetime.fromisoformat(one["seenTime"])
                yield round(seen.timestamp() * 1000), data["apMac"], one["clientMac"]


_LOOPS = {"unifi": _unifi, "meraki-v2": _meraki}


def _made_unifi(path: Path, events: int) -> None:
    random = np.random.default_rng(3)
    keys = ("EVT_WU_Connected", "EVT_WU_Disconnected", "EVT_WU_Roam", "EVT_WU_RoamRadio")
    key, device, ap = (random.integers(0, n, events) for n in (len(keys), 20_000, 400))
    with path.open("w", encoding="utf-8") as file:
        for i in range(events):
            name, where = keys[key[i]], f"02:00:5e:01:{ap[i] >> 8:02x}:{ap[i] & 255:02x}"
            place = f'"ap_from":"{where}","ap_to":"{where}"' if "Roam" in name else f'"ap":"{where}"'
            file.write(
                f'{{"_id":"5ea331fa30c49e00{i:08x}",{place},"channel":44,"datetime":"2026-11-21T01:00:00Z",'
                f'"hostname":"client","key":"{name}","msg":"User has moved","radio":"na","ssid":"mall",'
                f'"site_id":"5a32aa4ee4b0412345678910","subsystem":"wlan","time":{MIDNIGHT_MS + 80 * i},'
                f'"user":"{_address(int(device[i]))}"}}\n'
            )


def _made_meraki(path: Path, observations: int) -> None:
    random = np.random.default_rng(4)
    device, rssi = random.integers(0, 20_000, observations), random.integers(10, 60, observations)
    with path.open("w", encoding="utf-8") as file:
        for first in range(0, observations, _BODY):
            rows = ",".join(
                f'{{"ipv4":"/192.168.0.56","location":{{"lat":51.5,"lng":-0.06,"unc":0.2,"x":[],"y":[]}},'
                f'"seenTime":"2026-11-21T{first // 5 // 3600 % 24:02}:{first // 5 // 60 % 60:02}:{i % 60:02}Z",'
                f'"ssid":"mall","os":null,"clientMac":"{_address(int(device[i]))}","rssi":{rssi[i]}}}'
                for i in range(first, min(first + _BODY, observations))
            )
            ap = f"02:00:5e:01:{first // _BODY % 400 >> 8:02x}:{first // _BODY % 400 & 255:02x}"
            file.write(
                f'{{"version":"2.0","secret":"s","type":"DevicesSeen","data":{{"apMac":"{ap}","apFloors":[],'
                f'"apTags":["mall"],"observations":[{rows}]}}}}\n'
            )


def _made_capture(path: Path, frames: int) -> None:
    """Probe requests of many phones behind radiotap."""
    from tests.captures.written import EVERYBODY, RADIOTAP, management, pcap, radiotap

    body = bytes.fromhex("000000010802040b160c121824")
    probes = (radiotap(management(4, EVERYBODY, _address(n % 20_000), EVERYBODY, body)) for n in range(frames))
    path.write_bytes(pcap(chain(probes), RADIOTAP))


_MAKERS = {"unifi": _made_unifi, "meraki-v2": _made_meraki, "capture": _made_capture}


def _address(device: int) -> str:
    return f"02:00:5e:{device >> 16:02x}:{device >> 8 & 255:02x}:{device & 255:02x}"


def _answer(rows: pa.Table, offset_ms: int) -> Answer:
    return {
        "records": len(rows),
        "devices": len(pc.unique(rows["device"])),
        "aps": len(pc.unique(rows["ap"])),
        "sum": int(pc.sum(rows["at"]).as_py()) - offset_ms * len(rows),
    }


def _answer_of_rows(rows: Iterable[tuple[int, str, str]], offset_ms: int = 0) -> Answer:
    at, ap, device = zip(*rows, strict=True)
    total = sum(at) - offset_ms * len(at)
    return {"records": len(at), "devices": len(set(device)), "aps": len(set(ap)), "sum": total}
