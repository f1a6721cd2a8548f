"""Which subject each simulated address is to a day's job, and when: what ties visits found to the truth.

Needs the keys, so it serves tests and benchmarks only; nothing it returns may be written into a data folder.
"""

import numpy as np
import pyarrow as pa

from privacy.pseudonyms import Pseudonyms


def subjects_of(addresses: pa.Array, day_key: bytes, members_key: bytes | None, member_devices: pa.Table) -> pa.Table:
    """`address`, `subject`, `from_ms`, `until_ms` (half-open, null: open), as `accuracy.score` takes them.

    A device is its member's within its rows of `member_devices` (schemas.member_device), a stranger before, between
    and after them.
    """
    macs = np.array([int(address.replace(":", ""), 16) for address in addresses.to_pylist()], np.uint64)
    stranger = Pseudonyms(day_key, members=False).of_macs(macs).tolist()
    member = Pseudonyms(members_key, members=True).of_macs(macs).tolist() if members_key else stranger
    spans: dict[int, list[tuple[int, int]]] = {}
    for row in member_devices.sort_by("from_ms").to_pylist():
        spans.setdefault(row["device"], []).append((row["from_ms"], row["until_ms"]))
    rows = [
        (address, *part)
        for address, day_name, member_name in zip(addresses.to_pylist(), stranger, member, strict=True)
        for part in _parts(day_name, member_name, spans.get(member_name, []))
    ]
    return pa.Table.from_pylist([dict(zip(_SCHEMA.names, row, strict=True)) for row in rows], _SCHEMA)


_SCHEMA = pa.schema([("address", pa.string()), *((name, pa.int64()) for name in ("subject", "from_ms", "until_ms"))])


def _parts(stranger: int, member: int, spans: list[tuple[int, int]]) -> list[tuple[int, int | None, int | None]]:
    """(subject, from, until) of one device, in order of time."""
    parts: list[tuple[int, int | None, int | None]] = []
    since: int | None = None
    for begin, end in spans:
        parts += [(stranger, since, begin), (member, begin, end)]
        since = end
    return [*parts, (stranger, since, None)]
