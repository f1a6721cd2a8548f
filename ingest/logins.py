"""Logins, and from when to when a device is a member's: from login and consent on, until N days of silence.

    logins      a       a                 b            the device changes hands at b's first login
    consent a       |------------------------------)   given, withdrawn
    device is       |==== a's ====) . . . |= b's ...   the gap: N days after a's last login have passed

A portal's login is read by the ordinary parsers, as a record whose access point is the member (`login_feed`). Other
logs name an account beside the device (`Reading.user`: RADIUS, 802.1X, a controller): the district says whose it is.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.feed import Feed
from ingest.reading import Reading
from privacy.consent import by_purpose
from privacy.pseudonyms import Pseudonyms
from schemas import LOGIN, MEMBER_DEVICE

DAY_MS = 86_400_000

Int64s = NDArray[np.int64]
Spans = list[tuple[int, int]]


def login_feed(feed: Feed) -> Feed:
    """`feed` of a portal (columns at, device, member) in the words of the parsers: the member stands for the AP."""
    columns = {name: feed.columns.get(name, name) for name in ("at", "device")}
    return replace(feed, columns={**columns, "ap": feed.columns.get("member", "member")}, kinds={})


def logins_of(reading: Reading, members_key: bytes) -> pa.Table:
    """LOGIN of what a parser read with `login_feed`: the address becomes the device under the members' key."""
    device = Pseudonyms(members_key, members=True).of_rows(reading.mac, reading.opaque)
    return LOGIN.table(at_ms=reading.at_ms, device=device, member=reading.ap.cast(pa.string()))


def user_logins(reading: Reading, accounts: Mapping[str, str], members_key: bytes) -> pa.Table:
    """LOGIN of the rows whose `user` is a member's account (`accounts`, in small letters); the others' are dropped."""
    if reading.user is None:
        return LOGIN.empty()
    members = [accounts.get(account.lower()) for account in reading.user.dictionary.to_pylist()]
    member = pa.array(members, pa.string()).take(reading.user.indices)
    rows = np.flatnonzero(np.asarray(member.is_valid()))
    opaque = None if reading.opaque is None else reading.opaque.take(pa.array(rows))
    device = Pseudonyms(members_key, members=True).of_rows(reading.mac[rows], opaque)
    return LOGIN.table(at_ms=reading.at_ms[rows], device=device, member=member.take(pa.array(rows)))


def member_devices(logins: pa.Table, consents: pa.Table, keep_days: int) -> pa.Table:
    """MEMBER_DEVICE: when each device's sightings are a member's. Never before both login and `location` consent.

    Each login keeps the device for `keep_days`, unless another member logs in on it (at one instant: the last by
    number wins). No two spans of a device overlap; those of one member that touch are one.
    """
    agreed = {member: _merged(spans) for member, spans in by_purpose(consents).get(("location", ""), {}).items()}
    rows = [
        (device, member, max(start, given), min(end, withdrawn))
        for device, member, start, end in _held(logins, keep_days * DAY_MS)
        for given, withdrawn in agreed.get(member, [])
        if max(start, given) < min(end, withdrawn)
    ]
    rows.sort(key=lambda row: (row[0], row[2]))
    return MEMBER_DEVICE.table(**{name: [row[at] for row in rows] for at, name in enumerate(MEMBER_DEVICE.names)})


def _held(logins: pa.Table, keep_ms: int) -> list[tuple[int, str, int, int]]:
    """(device, member, from, until) by logins alone, touching spans of one member and device merged."""
    logins = logins.sort_by([("device", "ascending"), ("at_ms", "ascending"), ("member", "ascending")])
    if not len(logins):
        return []
    member = logins["member"].combine_chunks().dictionary_encode()
    device, at_ms, who = logins["device"].to_numpy(), logins["at_ms"].to_numpy(), member.indices.to_numpy()
    until = np.minimum(at_ms + keep_ms, _next_owner_ms(device, at_ms, who))
    opens = np.ones(len(at_ms), np.bool_)
    opens[1:] = (device[1:] != device[:-1]) | (who[1:] != who[:-1]) | (at_ms[1:] > until[:-1])
    first = np.flatnonzero(opens)
    last = np.append(first[1:], len(at_ms)) - 1
    names = member.dictionary.take(pa.array(who[first])).to_pylist()
    return list(zip(device[first].tolist(), names, at_ms[first].tolist(), until[last].tolist(), strict=True))


def _next_owner_ms(device: Int64s, at_ms: Int64s, who: NDArray[np.int32]) -> Int64s:
    """Per login (ordered by device and time): when another member logs in on that device; the far future if never."""
    never = np.iinfo(np.int64).max
    changes = (device[1:] == device[:-1]) & (who[1:] != who[:-1])
    begins = np.append((device[1:] != device[:-1]) | (who[1:] != who[:-1]), True)
    ends = np.append(np.where(changes, at_ms[1:], never), never)
    run_end = np.flatnonzero(begins)
    result: Int64s = ends[run_end[np.searchsorted(run_end, np.arange(len(at_ms)))]]
    return result


def _merged(spans: Spans) -> Spans:
    """The union of half-open spans, in order; those that touch are one."""
    union: Spans = []
    for start, end in sorted(spans):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        else:
            union.append((start, end))
    return union
