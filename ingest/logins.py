"""Logins, and from when to when a device is a member's: from login and consent on, until N days of silence.

    logins      a       a                 b            the device changes hands at b's first login
    consent a       |------------------------------)   given, withdrawn
    device is       |==== a's ====) . . . |= b's ...   the gap: N days after a's last login have passed

A portal's login is read by the ordinary parsers, as a record whose access point is the member (`login_feed`). Other
logs name an account beside the device (`Reading.user`: RADIUS, 802.1X, a controller): the district says whose it is.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingest.feed import Feed
from ingest.reading import Reading
from privacy.consent import by_purpose
from privacy.pseudonyms import Pseudonyms
from schemas import LOGIN, MEMBER_DEVICE

DAY_MS = 86_400_000

Int64s = NDArray[np.int64]
Spans = list[tuple[int, int]]
Agreed = Mapping[str, Spans]  # by member


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


def agreed_spans(consents: pa.Table) -> Agreed:
    """By member the union of the spans of `location` consent, of CONSENT. Make it once."""
    return {member: _merged(spans) for member, spans in by_purpose(consents).get(("location", ""), {}).items()}


def member_devices(logins: pa.Table, agreed: Agreed, keep_days: int) -> pa.Table:
    """MEMBER_DEVICE: when each device's sightings are a member's. Never before both login and `location` consent.

    Each login keeps the device for `keep_days`, unless another member logs in on it (at one instant: the last by
    number wins). No two spans of a device overlap; those of one member that touch are one.
    """
    if not len(logins):
        return MEMBER_DEVICE.empty()
    held = _held(logins, keep_days * DAY_MS)
    spans = [agreed.get(name, []) for name in held.names.to_pylist()]
    count = np.array([len(each) for each in spans])[held.who]
    first = (np.cumsum([0, *(len(each) for each in spans)]))[held.who]
    given, withdrawn = np.array([span for each in spans for span in each], np.int64).reshape(-1, 2).T
    parts = []
    for ordinal in range(int(count.max(initial=0))):  # a member has few consents
        rows = np.flatnonzero(count > ordinal)
        span = first[rows] + ordinal
        start, end = np.maximum(held.start[rows], given[span]), np.minimum(held.end[rows], withdrawn[span])
        parts.append(np.stack([rows, start, end])[:, start < end])
    rows, start, end = np.concatenate([np.empty((3, 0), np.int64), *parts], axis=1)
    order = np.lexsort((start, held.device[rows]))
    rows = rows[order]
    member = held.names.take(pa.array(held.who[rows]))
    return MEMBER_DEVICE.table(device=held.device[rows], member=member, from_ms=start[order], until_ms=end[order])


class _Held(NamedTuple):
    """From when to when each device is a member's by logins alone. `who`: places in `names`."""

    device: Int64s
    who: NDArray[np.int64]
    start: Int64s
    end: Int64s
    names: pa.Array


def _held(logins: pa.Table, keep_ms: int) -> _Held:
    """Touching spans of one member and device are merged."""
    member = logins["member"].combine_chunks().dictionary_encode()
    names = member.dictionary
    rank = np.empty(len(names), np.int64)
    rank[pc.sort_indices(names).to_numpy()] = np.arange(len(names))
    device, at_ms, who = logins["device"].to_numpy(), logins["at_ms"].to_numpy(), member.indices.to_numpy()
    order = np.lexsort((rank[who], at_ms, device))
    device, at_ms, who = device[order], at_ms[order], who[order].astype(np.int64)
    until = np.minimum(at_ms + keep_ms, _next_owner_ms(device, at_ms, who))
    opens = np.ones(len(at_ms), np.bool_)
    opens[1:] = (device[1:] != device[:-1]) | (who[1:] != who[:-1]) | (at_ms[1:] > until[:-1])
    first = np.flatnonzero(opens)
    last = np.append(first[1:], len(at_ms)) - 1
    return _Held(device[first], who[first], at_ms[first], until[last], names)


def _next_owner_ms(device: Int64s, at_ms: Int64s, who: Int64s) -> Int64s:
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
