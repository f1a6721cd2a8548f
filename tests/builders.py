"""Readable sightings, places and results for tests: `sightings("A 09:00 joined 09:20 left | B 09:34", "A 10:00")`.

What does not live here: random logs (`tests/laws/`), raw vendor lines (`tests/golden/`).
"""

import datetime

import pyarrow as pa

from schemas import PLACE, SIGHTING
from schemas.day import Day
from schemas.sighting import KIND_NAMES
from sessionize.rules import HOUR_MS

DATE = datetime.date(2026, 11, 21)
MIDNIGHT_MS = int(datetime.datetime.combine(DATE, datetime.time(), datetime.UTC).timestamp() * 1000)
ALWAYS_MS = (-(1 << 60), 1 << 60)
HOLDS = ("hold_joined_ms", "hold_seen_ms", "hold_left_ms", "hold_idle_ms")


def clock_ms(text: str) -> int:
    """UTC epoch ms of a time on DATE: 09:00, 09:00:05, 09:00:05.250; 33:00 is 09:00 the day after, -1:30 before."""
    sign = -1 if text.startswith("-") else 1
    hours, minutes, *seconds = text.lstrip("-").split(":")
    since_midnight = (int(hours) * 60 + int(minutes)) * 60_000 + round(float(seconds[0] if seconds else 0) * 1000)
    return MIDNIGHT_MS + sign * since_midnight


def sightings(*subjects: str) -> pa.Table:
    """Schema SIGHTING; each argument is one subject (1, 2, ...): `AP time [kind] time [kind] ... | AP ...`.

    A time without a kind is `seen`. Rows stand in the order of the text.
    """
    rows = [(number, *row) for number, text in enumerate(subjects, 1) for row in _rows(text)]
    return SIGHTING.table(
        at_ms=[row[2] for row in rows],
        subject=[row[0] for row in rows],
        ap=[row[1] for row in rows],
        kind=[row[3] for row in rows],
        signal_dbm=pa.nulls(len(rows), pa.int16()),
        feed=["spec"] * len(rows),
        file=["spec.log"] * len(rows),
        line=list(range(1, len(rows) + 1)),
        time_quality=[0] * len(rows),
    )


def places(*lines: str) -> pa.Table:
    """Schema PLACE from lines `AP zone [site] [from-until] [hold=minutes ...]`; hold: joined, seen, left or idle."""
    rows = [_place(line) for line in lines]
    return PLACE.table(**{name: [row[name] for row in rows] for name in PLACE.names})


def day(start: str = "00:00", end: str = "24:00", *, memory_h: float = 14.5, tail_h: float = 6) -> Day:
    """The trading day DATE from `start` to `end`."""
    first, last = clock_ms(start), clock_ms(end)
    return Day("spec", DATE, first, last, first - int(memory_h * HOUR_MS), last + int(tail_h * HOUR_MS))


def spans(table: pa.Table) -> list[str]:
    """Visits as `09:00-09:20`, stays as `food 09:00-09:20`; seconds and ms only where there are any."""
    named = "zone" in table.column_names
    begins, ends = (table[name].to_pylist() for name in (("from_ms", "to_ms") if named else ("start_ms", "end_ms")))
    what = [f"{zone} " for zone in table["zone"].to_pylist()] if named else [""] * len(table)
    return [f"{name}{_clock(a)}-{_clock(b)}" for name, a, b in zip(what, begins, ends, strict=True)]


def _rows(text: str) -> list[tuple[str, int, int]]:
    rows: list[tuple[str, int, int]] = []
    for part in text.split("|"):
        ap, *words = part.split()
        for word in words:
            if word in KIND_NAMES:
                rows[-1] = (*rows[-1][:2], KIND_NAMES.index(word))
            else:
                rows.append((ap, clock_ms(word), KIND_NAMES.index("seen")))
    return rows


def _place(line: str) -> dict[str, object]:
    ap, zone, *rest = line.split()
    site = rest.pop(0) if rest and not {"-", "="} & set(rest[0]) else "mall"
    row: dict[str, object] = dict(zip(("from_ms", "until_ms"), ALWAYS_MS, strict=True)) | dict.fromkeys(HOLDS)
    for word in rest:
        if "=" in word:
            hold, minutes = word.split("=")
            row[f"hold_{hold}_ms"] = round(float(minutes) * 60_000)
        else:
            row["from_ms"], row["until_ms"] = (
                clock_ms(t) if t else always for t, always in zip(word.split("-"), ALWAYS_MS, strict=True)
            )
    return row | {"ap": ap, "zone": zone, "site": site, "feed": ""}


def _clock(at_ms: int) -> str:
    minutes, ms = divmod(at_ms - MIDNIGHT_MS, 60_000)
    seconds = f":{ms / 1000:06.3f}".removesuffix(".000") if ms else ""
    return f"{minutes // 60:02d}:{minutes % 60:02d}{seconds}"
