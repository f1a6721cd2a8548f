"""What arrives in one step: of every feed up to one instant, whole lines, and always something."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from pipelines.live.arrival import SLACK_MS, Arrivals
from pipelines.live.journal import Read
from pipelines.live.tail import Tail, range_of


def arrivals(raw: Path, **files: str) -> Arrivals:
    """A feed a file; each line holds its records' instants."""
    for name, text in files.items():
        (raw / name).write_text(text)

    def reading(read: Read) -> Any:
        lines = range_of(raw, read.file, read.start, read.end).decode().splitlines()
        rows = [(int(at), read.line + n) for n, line in enumerate(lines) for at in line.split()]
        return SimpleNamespace(at_ms=np.array([at for at, _ in rows]), line=np.array([line for _, line in rows]))

    return Arrivals({name: Tail(name, raw, name) for name in files}, reading)


def steps(found: Arrivals) -> list[list[tuple[str, int, int]]]:
    """(feed, first line, line after the last) of each read of each step, to the end."""
    said = []
    while reads := found.next(last=True):
        said.append([(read.feed, read.line, read.next_line) for read in reads])
        for read in reads:
            found.moved(read)
    return said


def test_a_feed_that_is_ahead_waits_for_the_others(tmp_path: Path) -> None:
    late = SLACK_MS + 1
    found = arrivals(tmp_path, a=f"0\n{late}\n", b=f"{late}\n{2 * late}\n")
    assert steps(found) == [[("a", 1, 2)], [("a", 2, 3), ("b", 1, 2)], [("b", 2, 3)]]


def test_what_lies_within_the_slack_arrives_at_once(tmp_path: Path) -> None:
    assert steps(arrivals(tmp_path, a=f"0\n{SLACK_MS}\n", b="5\n")) == [[("a", 1, 3), ("b", 1, 2)]]


def test_a_line_of_many_records_arrives_whole_though_it_reaches_beyond(tmp_path: Path) -> None:
    assert steps(arrivals(tmp_path, a=f"0 {9 * SLACK_MS}\n1\n")) == [[("a", 1, 2)], [("a", 2, 3)]]
