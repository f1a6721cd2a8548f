"""Clocks without a second clock in their lines, from links with clocks that are known: a graph, solved as one.

    AC-1 (known by its lines) --- 94.3 s +- 1.2 --- AC-2 --- 0.4 s +- 0.8 --- portal         AC-7 --- AC-8  (no anchor)

What has no way to a known clock stays as stamped. How links are found in pairs: `ingest.clock_links`.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ingest.clock_links import Clock, Link, ends_of, links_of
from ingest.skew import MOST_BEHIND_MS, MOST_DRIFT, MOST_SPREAD_MS, SECOND_MS, Line, is_right
from schemas import CLOCK_OFFSET
from schemas.clock_offset import AMBIGUOUS, NO_ANCHOR, RIGHT, ROAM_PAIRS, TOO_FAR, UNSTEADY

_UNKNOWN = Line(0.0, 0.0)


@dataclass(frozen=True)
class Solved:
    """A clock's own line, by all links; `method` says why it may not be used."""

    method: str
    line: Line = _UNKNOWN
    error_ms: float = 0.0


def linked_offsets(
    pairs: pa.Table, known: Mapping[Clock, Line], date: datetime.date, start_ms: int, end_ms: int
) -> pa.Table:
    """CLOCK_OFFSET of the trading day `date`: a row for each clock in the pairs that is not `known`.

    Args:
        pairs: CLOCK_PAIR of the day before `date`.
        known: how far clocks are behind at `start_ms`, and their drift.
        start_ms, end_ms: of the day `date`.
    """
    links = links_of(pairs, start_ms, end_ms)
    solved = solve(links, known)
    seen = _pairs_by_clock(pairs)
    clocks = sorted(seen.keys() - known.keys())
    found = [_judged(solved[clock], end_ms - start_ms) if clock in solved else Solved(AMBIGUOUS) for clock in clocks]
    moves = [one.method == ROAM_PAIRS for one in found]
    told = [one.method in (ROAM_PAIRS, RIGHT) for one in found]
    return CLOCK_OFFSET.table(
        day=[date] * len(clocks),
        feed=[feed for feed, _ in clocks],
        clock=[clock for _, clock in clocks],
        offset_ms=[round(one.line.level_ms) if move else 0 for one, move in zip(found, moves, strict=True)],
        drift_ppm=[round(one.line.drift * 1e6, 3) if move else 0.0 for one, move in zip(found, moves, strict=True)],
        method=[one.method for one in found],
        behind_ms=[round(one.line.level_ms) if tells else None for one, tells in zip(found, told, strict=True)],
        spread_ms=[None] * len(clocks),
        samples=[seen[clock] for clock in clocks],
        error_ms=[round(one.error_ms) if tells else None for one, tells in zip(found, told, strict=True)],
        source=[ROAM_PAIRS if tells else "" for tells in told],
    )


def solve(links: Iterable[Link], known: Mapping[Clock, Line]) -> dict[Clock, Solved]:
    """The line of every linked clock that is not `known`, by weighted least squares within each connected part."""
    found: dict[Clock, Solved] = {}
    for part in _parts(list(links)):
        unknown = sorted({clock for link in part for clock in (link.one, link.other)} - known.keys())
        if not any(clock in known for link in part for clock in (link.one, link.other)):
            found |= dict.fromkeys(unknown, Solved(NO_ANCHOR))
        elif unknown:
            found |= _solved(part, unknown, known)
    return found


def _parts(links: list[Link]) -> list[list[Link]]:
    """The links of each connected part."""
    parts: list[tuple[set[Clock], list[Link]]] = []
    for link in links:
        ends = {link.one, link.other}
        touched = [part for part in parts if part[0] & ends]
        parts = [part for part in parts if not part[0] & ends]
        clocks = ends.union(*(clocks for clocks, _ in touched))
        parts.append((clocks, [link, *(one for _, those in touched for one in those)]))
    return [those for _, those in parts]


def _solved(links: list[Link], unknown: list[Clock], known: Mapping[Clock, Line]) -> dict[Clock, Solved]:
    """As `solve`, of one part; `UNSTEADY` all of it where the links contradict each other."""
    matrix = np.array([[(clock == link.one) - (clock == link.other) for clock in unknown] for link in links], float)
    said = np.array([[link.line.level_ms, link.line.drift] for link in links])
    for sign, end in ((-1, "one"), (1, "other")):
        lines = [known.get(getattr(link, end), _UNKNOWN) for link in links]
        said += sign * np.array([[line.level_ms, line.drift] for line in lines])
    errors = np.array([link.error_ms for link in links])
    weighted = matrix / errors[:, None]
    values = np.linalg.lstsq(weighted, said / errors[:, None], rcond=None)[0]
    spread = np.sqrt(np.diag(np.linalg.inv(weighted.T @ weighted)))
    off = np.abs(matrix @ values - said)[:, 0]
    method = UNSTEADY if (off > 3 * errors + SECOND_MS).any() else ROAM_PAIRS
    return {
        clock: Solved(method, Line(float(level), float(drift)), float(error))
        for clock, (level, drift), error in zip(unknown, values, spread, strict=True)
    }


def _judged(solved: Solved, day_ms: int) -> Solved:
    """With the method of what is right already, or must not be used."""
    method = solved.method
    if method == ROAM_PAIRS and (solved.error_ms > MOST_SPREAD_MS or abs(solved.line.drift) > MOST_DRIFT):
        method = UNSTEADY
    elif method == ROAM_PAIRS and abs(solved.line.level_ms) > MOST_BEHIND_MS:
        method = TOO_FAR
    elif method == ROAM_PAIRS and is_right(solved.line, day_ms):
        method = RIGHT
    return Solved(method, solved.line, solved.error_ms)


def _pairs_by_clock(pairs: pa.Table) -> dict[Clock, int]:
    found: dict[Clock, int] = {}
    for feed, clock in (("feed", "clock"), ("other_feed", "other_clock")):
        for end, count in zip(ends_of(pairs, feed, clock), pairs["pairs"].to_pylist(), strict=True):
            found[end] = found.get(end, 0) + count
    return found
