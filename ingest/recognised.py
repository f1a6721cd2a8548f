"""What format a file looks like, from its head: the one whose parser makes the most of it.

No format is described here a second time: every parser reads the head, and what it keeps, or passes over knowingly,
speaks for it; what it refuses speaks against it. A vendor's format that fits goes before columns that were guessed.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ingest.feed import Feed
from ingest.formats import FORMATS
from ingest.formats.csv import titles_of
from ingest.guessed_columns import DELIMITERS, guessed_columns, guessed_kinds
from ingest.reading import Reading

GENERIC = ("csv", "jsonl")
_HEAD_LINES = 2_000
_TIME_FORMATS = ("iso", "epoch_s", "epoch_ms")
_MAGICS: Mapping[bytes, str] = {
    b"PAR1": "parquet",
    b"SQLite format 3\0": "kismet",
    b"\xa1\xb2\xc3\xd4": "capture",
    b"\xd4\xc3\xb2\xa1": "capture",
    b"\xa1\xb2\x3c\x4d": "capture",  # pcap with nanoseconds
    b"\x4d\x3c\xb2\xa1": "capture",
    b"\x0a\x0d\x0d\x0a": "capture",  # pcapng
}
# Ignored records that any log of any program would give.
_SAYS_NOTHING = ("blank", "header", "other-message", "other-program", "other-kind")
# Faults of one value in a record that has the format otherwise.
_OF_A_VALUE = ("bad-address", "no-address", "no-ap", "bad-signal")


@dataclass(frozen=True)
class Recognised:
    """A format and, for columns, what was guessed of them; `known` of `read` records of the head speak for it."""

    format: str
    known: int = 0
    read: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.format} ({self.known} of {self.read} records)" if self.read else self.format


def recognised(head: bytes, time_zone: str, near_ms: int) -> Recognised | None:
    """What a file that begins with `head`, whole lines of it, is; None where nothing fits at least half of it."""
    for magic, name in _MAGICS.items():
        if head.startswith(magic):
            return Recognised(name)
    lines = b"".join(head.splitlines(keepends=True)[:_HEAD_LINES])
    vendors = [Feed("", name, time_zone) for name, form in FORMATS.items() if form.unit == "lines"]
    for feeds in ((feed for feed in vendors if feed.format not in GENERIC), _guessed(lines, time_zone)):
        tried = [one for feed in feeds if (one := _tried(lines, feed, near_ms)) is not None]
        if tried:
            return max(tried, key=lambda one: one.known)
    return None


def guessed_table(titles: list[str]) -> Recognised | None:
    """What a Parquet file with these columns is taken for; None where they cannot be guessed."""
    columns = guessed_columns(titles)
    return None if columns is None else Recognised("parquet", settings={"columns": _unlike_ours(columns)})


def _tried(head: bytes, feed: Feed, near_ms: int) -> Recognised | None:
    """The feed's format, if more of the head speaks for it than against it."""
    reading = FORMATS[feed.format].parse(head, 1, feed, near_ms)
    refused = sum(reject.line.size for reject in reading.rejects if reject.reason not in _OF_A_VALUE)
    known = reading.at_ms.size + sum(n for reason, n in reading.ignored.items() if reason not in _SAYS_NOTHING)
    if not known or known < refused:
        return None
    return Recognised(feed.format, known, reading.read, _settings(feed, reading))


def _settings(feed: Feed, reading: Reading) -> dict[str, Any]:
    """What district.toml would say of the feed beside its format."""
    if feed.format not in GENERIC:
        return {}
    says_kinds = "kind" in feed.columns
    settings = {"columns": _unlike_ours(dict(feed.columns)), "time_format": feed.time_format}
    return settings | ({"kinds": dict(feed.kinds)} if says_kinds else {})


def _unlike_ours(columns: dict[str, str]) -> dict[str, str]:
    return {ours: title for ours, title in columns.items() if ours != title or ours in ("kind", "signal")}


def _guessed(head: bytes, time_zone: str) -> Iterator[Feed]:
    """Feeds with the columns that the head seems to have, one for each way of writing times."""
    found = [*_as_csv(head, time_zone), *_as_json(head, time_zone)]
    for feed in found:
        for time_format in _TIME_FORMATS:
            yield replace(feed, time_format=time_format)


def _as_csv(head: bytes, time_zone: str) -> Iterator[Feed]:
    for delimiter in DELIMITERS:
        titles = titles_of(head, delimiter) or []
        columns = guessed_columns(titles)
        if columns is not None:
            place = titles.index(columns["kind"]) if "kind" in columns else None
            text = head.decode(errors="replace").splitlines()[1:]
            rows = csv.reader(text, delimiter=delimiter) if place is not None else iter(())
            words = {row[place].strip() for row in rows if place is not None and len(row) > place}
            yield _feed("csv", time_zone, columns | ({} if delimiter == "," else {"delimiter": delimiter}), words)


def _as_json(head: bytes, time_zone: str) -> Iterator[Feed]:
    objects = [one for one in map(_object, head.splitlines()) if one]
    if not objects:
        return
    columns = guessed_columns(dict.fromkeys(name for one in objects for name in one))
    if columns is not None:
        words = {str(one[columns["kind"]]) for one in objects if "kind" in columns and columns["kind"] in one}
        yield _feed("jsonl", time_zone, columns, words)


def _feed(name: str, time_zone: str, columns: dict[str, str], words: set[str]) -> Feed:
    """Without a word for a kind that is understood, every row is `seen`."""
    kinds = guessed_kinds(sorted(words))
    if not kinds:
        columns = {ours: title for ours, title in columns.items() if ours != "kind"}
    return Feed("", name, time_zone, columns=columns, kinds=kinds)


def _object(line: bytes) -> dict[str, Any]:
    """The fields of a line that is a JSON object, by dotted names; nothing of any other line."""
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return dict(_flat(document, "")) if isinstance(document, dict) else {}


def _flat(document: dict[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{path}{name}.")
        elif not isinstance(value, list):
            yield f"{path}{name}", value
