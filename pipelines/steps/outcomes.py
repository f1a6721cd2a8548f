"""What a walk made of records, counted by feed and hour: the walk's share of the ledger."""

from collections import Counter

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipelines.steps.tally import NO_HOUR, HourOutcome
from schemas.day import Day
from sessionize.kernel import FATE_IGNORED, FATE_OVERHEARD, FATE_REPEAT, FATE_WEAK
from sessionize.rules import HOUR_MS
from sessionize.visits import Walked

_FATES = {
    FATE_REPEAT: ("repeat", ""),
    FATE_IGNORED: ("ignored", "unmatched-leave"),
    FATE_WEAK: ("ignored", "weak-signal"),
    FATE_OVERHEARD: ("ignored", "overheard"),
}


def outcomes(records: pa.Table, walked: Walked, kept: NDArray[np.bool_], day: Day) -> Counter[HourOutcome]:
    """How many records of each feed and hour ended how."""
    visit = fate_of(walked)
    feeds = records["feed"].unify_dictionaries().combine_chunks()
    names, begins = feeds.dictionary.to_pylist(), _hours_of(day)
    hour = np.searchsorted(begins, records["at_ms"].to_numpy(), "right") - 1  # -1 and the last: not in the day
    code = feeds.indices.to_numpy().astype(np.int64) * (begins.size + 1) + hour + 1
    is_kept = np.append(kept, False)[np.maximum(visit, -1)] & (visit >= 0)
    ended: Counter[HourOutcome] = Counter()
    ends = [(is_kept, "kept", ""), *((visit == fate, *end) for fate, end in _FATES.items())]
    other = ~np.logical_or.reduce([rows for rows, _, _ in ends])
    hours = [NO_HOUR, *begins[:-1].tolist(), NO_HOUR]
    for rows, status, reason in [*ends, (other, "other-day", "")]:
        counts = np.bincount(code[rows])
        for one in np.flatnonzero(counts).tolist():
            ended[names[one // len(hours)], hours[one % len(hours)], status, reason] += int(counts[one])
    return ended


def _hours_of(day: Day) -> NDArray[np.int64]:
    """Where the hours of `day` begin, and its end; a day that begins within an hour has a part of it first."""
    first = day.start_ms // HOUR_MS * HOUR_MS
    return np.array([day.start_ms, *range(first + HOUR_MS, day.end_ms, HOUR_MS), day.end_ms])


def fate_of(walked: Walked) -> NDArray[np.int32]:
    """What became of each row; ValueError if the walk was not asked."""
    if walked.fate is None:
        raise ValueError("the walk was not asked for fates")
    return walked.fate
