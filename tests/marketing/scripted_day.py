"""Presence as a person writes it, and triggers as a person reads them.

    9:00 +A 13:00      entered zone A; without a further row there until 13:00
    9:05 =A 9:20       still there
    9:30 -A            left
    |                  the next row begins another visit

Zones A and B are in site M, zone C is in site N.
"""

import pyarrow as pa

from schemas import PRESENCE

MINUTE_MS = 60_000
SITES = {"A": "M", "B": "M", "C": "N"}
EVENTS = {"+": "entered", "=": "there", "-": "left"}


def presence(script: str, subject: int = -1) -> pa.Table:
    rows: list[tuple[int, int, str, str, str, int, int]] = []
    start = None
    for line in script.replace(";", "\n").split("\n"):
        words = line.split()
        if words == ["|"]:
            start = None
        elif words:
            at = instant(words[0])
            start = at if start is None else start
            zone, until = words[1][1:], instant(words[2]) if len(words) > 2 else at
            rows.append((at, subject, EVENTS[words[1][0]], SITES[zone], zone, until, start))
    return PRESENCE.table(**dict(zip(PRESENCE.names, map(list, zip(*rows, strict=True)), strict=True)))


def fired(triggers: pa.Table) -> list[str]:
    """`9:10 stay-A`, in the order of the table."""
    return [f"{clock(row['at_ms'])} {row['campaign']}" for row in triggers.to_pylist()]


def instant(text: str) -> int:
    """`9:05` or `9:05:30` in ms."""
    hours, minutes, seconds = (*map(int, text.split(":")), 0)[:3]
    return ((hours * 60 + minutes) * 60 + seconds) * 1000


def clock(at_ms: int) -> str:
    minutes, seconds = divmod(at_ms // 1000, 60)
    return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
