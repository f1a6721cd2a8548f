"""The journal: for each step which range of which file arrived, and the heartbeats: arrival is data (§4)."""

import json
import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pipelines.files import sync_folder
from schemas import InputError


@dataclass(frozen=True)
class Read:
    """Whole lines of one file that arrived in a step: bytes [start, end), the first of them being line `line`.

    Of a capture a line is a frame. `near_ms`: a time without a year lies in the year that brings it closest to this
    instant.
    """

    feed: str
    file: str
    start: int
    end: int
    line: int
    next_line: int
    near_ms: int


@dataclass(frozen=True)
class Step:
    """One step: what arrived, in the order of reading, and for silent feeds up to which instant they were silent."""

    number: int
    reads: tuple[Read, ...] = ()
    heartbeats: dict[str, int] = field(default_factory=dict)
    end: bool = False

    def line(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")) + "\n"

    @staticmethod
    def of(record: dict[str, Any]) -> "Step":
        reads = tuple(Read(**read) for read in record["reads"])
        return Step(record["number"], reads, record["heartbeats"], record["end"])


class Journal:
    """An append-only file of steps, one JSON line each, on disk before the step is acted on."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        _drop_torn_line(path)
        self._file = path.open("ab")
        sync_folder(path.parent)

    def append(self, step: Step) -> None:
        self._file.write(step.line().encode())
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def steps_of(path: Path, after: int = 0) -> Iterator[Step]:
    """The steps numbered above `after`, in order; InputError for a file that is no journal."""
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if number > after and line.endswith("\n"):
                    yield Step.of(json.loads(line))
    except FileNotFoundError:
        raise InputError(
            f"{path}: no such journal", "`shangquan stream` writes one to OUT/stream/journal.ndjson"
        ) from None
    except (json.JSONDecodeError, KeyError, TypeError, UnicodeDecodeError):
        raise InputError(f"{path}: not a journal", "give the journal.ndjson that `shangquan stream` wrote") from None


def of_feeds(steps: Iterable[Step], feeds: Collection[str]) -> Iterator[Step]:
    """The steps; InputError at the first that names another feed: it was journaled under another district."""
    for step in steps:
        named = {read.feed for read in step.reads} | step.heartbeats.keys()
        if unknown := sorted(named - set(feeds)):
            raise InputError(
                f"the journal's step {step.number} reads feed {', '.join(unknown)}, which district.toml lacks",
                "give the district that the stream ran with, or another --data",
            )
        yield step


def _drop_torn_line(path: Path) -> None:
    """A kill while the last line was written: that step was never acted on."""
    if not path.exists():
        return
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        os.truncate(path, whole)
