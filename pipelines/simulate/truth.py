"""What really happened, as tables: visits, stays, devices, logins, files, and every address that a log may name.

A true visit is one device's presence in the district; an absence of up to `hold_left` does not end it. It counts for
accuracy only if the device emitted a line during it (`records` > 0).
Truth knows addresses: keep it out of a data folder.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.files import write_bytes, write_table
from pipelines.simulate.addresses import mac_text
from pipelines.simulate.arrival import FeedFile
from pipelines.simulate.columns import DAY_MS, HOUR_MS, MINUTE_MS, Array, Rows, runs
from pipelines.simulate.membership import Logins, member_name
from pipelines.simulate.people import DEVICE_TRAPS, KIND_NAMES, People
from pipelines.simulate.plans import Phones
from pipelines.simulate.radio import Events
from pipelines.simulate.stays import Stays
from pipelines.simulate.town import DAY_START_HOUR, UTC_OFFSET_MS, town
from pipelines.simulate.traps import SKEW_FEED, silent_zones

HOLD_LEFT_MS = 15 * MINUTE_MS
_LABELS = (*DEVICE_TRAPS, "outage", "skew")
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Presence(Rows):
    """Stays of all days, by address."""

    mac: Array
    person: Array
    zone: Array
    from_ms: Array
    to_ms: Array


@dataclass(frozen=True)
class Heard(Rows):
    """When each address was in a line."""

    mac: Array
    line_ms: Array


def presence_of(phones: Phones, stays: Stays) -> Presence:
    return Presence(phones.mac[stays.phone], phones.person[stays.phone], stays.zone, stays.from_ms, stays.to_ms)


def heard_of(phones: Phones, events: Events) -> Heard:
    return Heard(phones.mac[events.phone], events.line_ms)


def write_truth(
    folder: Path,
    *,
    people: People,
    presence: Sequence[Presence],
    heard: Sequence[Heard],
    logins: Sequence[Logins],
    files: Sequence[FeedFile],
    outages: Sequence[tuple[int, int]],
    skew: bool,
) -> int:
    """Writes visits, stays, devices, logins, files and addresses into `folder`; returns the number of true visits."""
    there = Presence.concat(presence)
    there = there.take(np.lexsort((there.from_ms, there.mac)))
    visit = visit_numbers(there)
    visits = visits_table(people, there, visit, Heard.concat(heard), outages, skew)
    write_table(folder / "visits.parquet", visits)
    write_table(folder / "stays.parquet", _stays_table(there, visit))
    write_table(folder / "devices.parquet", _devices_table(people, there))
    write_table(folder / "logins.parquet", _logins_table(Logins.concat(logins)))
    write_table(folder / "files.parquet", _files_table(files))
    write_bytes(folder / "addresses.txt", b"\n".join(mac_text(np.unique(there.mac)).to_pylist()) + b"\n")
    return len(visits)


def visit_numbers(there: Presence) -> Array:
    """The true visit, from 0, of each stay; `there` in order of address and time."""
    begins = runs(there.mac)
    begins[1:] |= there.from_ms[1:] - there.to_ms[:-1] > HOLD_LEFT_MS
    return np.cumsum(begins) - 1


def visits_table(
    people: People, there: Presence, visit: Array, heard: Heard, outages: Sequence[tuple[int, int]], skew: bool
) -> pa.Table:
    """One row per true visit, by address and time; `first_line_ms` and `last_line_ms` are null if nothing was heard."""
    first = np.flatnonzero(runs(visit))
    last = np.append(first[1:], len(visit)) - 1
    person, start = there.person[first], there.from_ms[first]
    records, first_line, last_line = _heard_in(there.take(first), heard)
    silent = records == 0
    day = (start + UTC_OFFSET_MS - DAY_START_HOUR * HOUR_MS) // DAY_MS
    return pa.table(
        {
            "visit": pa.array(np.arange(len(first))),
            "day": pa.array(day.astype(np.int32)).cast(pa.date32()),
            "address": _address(there.mac[first]),
            "kind": _kind(people, person),
            "trap": _labels(people, there, visit, person, outages, skew),
            "start_ms": pa.array(start),
            "end_ms": pa.array(there.to_ms[last]),
            "records": pa.array(records),
            "first_line_ms": pa.array(first_line, mask=silent),
            "last_line_ms": pa.array(last_line, mask=silent),
        }
    )


def _heard_in(starts: Presence, heard: Heard) -> tuple[Array, Array, Array]:
    """For visits that begin with `starts`: how many records each made, and when the first and the last were written."""
    macs, rank = np.unique(starts.mac, return_inverse=True)
    origin = min(int(starts.from_ms.min()), int(heard.line_ms.min(initial=_NEVER)))
    key = (rank << 42) + (starts.from_ms - origin)
    visit = np.searchsorted(key, (np.searchsorted(macs, heard.mac) << 42) + (heard.line_ms - origin), side="right") - 1
    first, last = np.full(len(starts), _NEVER), np.full(len(starts), -1)
    np.minimum.at(first, visit, heard.line_ms)
    np.maximum.at(last, visit, heard.line_ms)
    return np.bincount(visit, minlength=len(starts)), first, last


def _labels(
    people: People, there: Presence, visit: Array, person: Array, outages: Sequence[tuple[int, int]], skew: bool
) -> pa.Array:
    """Every trap that a visit met, comma-separated in the order of `_LABELS`; empty: none."""
    feed, silent = town().zone_feed[there.zone], silent_zones()
    met = np.zeros(len(person), np.int64)
    for begin, end in outages:
        hit = silent[there.zone] & (there.from_ms < end) & (there.to_ms > begin)
        met[visit[hit]] |= 1 << _LABELS.index("outage")
    if skew:
        met[visit[feed == SKEW_FEED]] |= 1 << _LABELS.index("skew")
    trap = people.trap[person]
    met |= np.where(trap >= 0, 1 << np.maximum(trap, 0), 0)
    names = [",".join(name for i, name in enumerate(_LABELS) if mask >> i & 1) for mask in range(1 << len(_LABELS))]
    return pa.array(names).take(pa.array(met)).dictionary_encode()


def _stays_table(there: Presence, visit: Array) -> pa.Table:
    plan = town()
    zones = pa.array([zone.zone for zone in plan.zones]).take(pa.array(there.zone))
    sites = pa.array([zone.site for zone in plan.zones]).take(pa.array(there.zone))
    return pa.table(
        {
            "visit": pa.array(visit),
            "site": sites.dictionary_encode(),
            "zone": zones.dictionary_encode(),
            "from_ms": pa.array(there.from_ms),
            "to_ms": pa.array(there.to_ms),
        }
    )


def _devices_table(people: People, there: Presence) -> pa.Table:
    _, first = np.unique(there.mac, return_index=True)
    person = there.person[first]
    member = people.member[person]
    traps = pa.array([*DEVICE_TRAPS, ""]).take(pa.array(people.trap[person] % (len(DEVICE_TRAPS) + 1)))
    return pa.table(
        {
            "address": _address(there.mac[first]),
            "person": pa.array(person),
            "kind": _kind(people, person),
            "random": pa.array(people.random[person]),
            "trap": traps,
            "member": pa.array([member_name(m) if m >= 0 else None for m in member.tolist()], pa.string()),
        }
    )


def _logins_table(logins: Logins) -> pa.Table:
    members = pa.array([member_name(m) for m in logins.member.tolist()], pa.string())
    return pa.table({"at_ms": pa.array(logins.at_ms), "address": _address(logins.mac), "member": members})


def _files_table(files: Sequence[FeedFile]) -> pa.Table:
    columns = ("feed", "path", "lines", "records", "repeats", "garbage", "late")
    return pa.table({name: [getattr(file, name) for file in files] for name in columns})


def _address(mac: Array) -> pa.Array:
    return mac_text(mac).cast(pa.large_string()).cast(pa.string())


def _kind(people: People, person: Array) -> pa.Array:
    return pa.array(KIND_NAMES).take(pa.array(people.kind[person])).dictionary_encode()
