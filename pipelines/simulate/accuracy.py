"""How well visits agree with the truth of a simulated district: F1 and dwell error, in all and for each trap.

A visit found and a true visit of the same subject can match if they overlap by at least half of the longer one; a visit
of a lone line (dwell 0) if the true one contains it. Matches are one to one, the largest overlap first.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.simulate.columns import Array, Rows

NO_TRAP = "none"
_OPEN = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Score:
    """`expected` true visits, `found` visits, `matched` pairs. Dwell error: of matched pairs, against real presence
    between the first and the last line; nan if nothing matched. A quotient of nothing is 1."""

    expected: int
    found: int
    matched: int
    median_dwell_error_s: float
    by_trap: dict[str, "Score"] = field(default_factory=dict)

    @property
    def precision(self) -> float:
        return self.matched / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.matched / self.expected if self.expected else 1.0

    @property
    def f1(self) -> float:
        both = self.expected + self.found
        return 2 * self.matched / both if both else 1.0


@dataclass(frozen=True)
class _Spans(Rows):
    """Visits of either side, by subject. `dwell_ms` is what the dwell should be; `label` a row of the label table."""

    subject: Array
    start_ms: Array
    end_ms: Array
    dwell_ms: Array
    label: Array


@dataclass(frozen=True)
class _Pairs(Rows):
    found: Array
    true: Array
    overlap_ms: Array
    fits: Array


def score(visits: pa.Table, truth: pa.Table, subjects: pa.Table) -> Score:
    """The score of `visits` (schemas.visit) against the rows of truth/visits.parquet that should be among them.

    Args:
        visits, truth: of the same days and of scope district. True visits that emitted no line do not count.
        subjects: `address`, `subject`; a subject of a part of the time has `from_ms` and `until_ms` (half-open, null:
            open) as well, as where a login turns a day's pseudonym into a member's: the true visit ends there, too.
    """
    labels = pc.unique(truth["trap"].cast(pa.string()))
    true, found = _expected(truth, subjects, labels), _found(visits)
    pairs = _pairs(found, true)
    matched = _one_to_one(pairs.take(pairs.fits))
    found = found.with_(label=_nearest_label(pairs, found, true))
    every = np.ones(len(labels) + 1, bool)
    by_trap = {trap: _score_of(found, true, matched, mask) for trap, mask in _traps(labels.to_pylist())}
    total = _score_of(found, true, matched, every)
    return Score(total.expected, total.found, total.matched, total.median_dwell_error_s, by_trap)


def _expected(truth: pa.Table, subjects: pa.Table, labels: pa.Array) -> _Spans:
    """The true visits as each subject's own, cut where a subject begins or ends, without those nobody heard."""
    truth = truth.filter(pc.greater(truth["records"], 0))
    label = pc.index_in(truth["trap"].cast(pa.string()), labels)
    columns = ("start_ms", "end_ms", "first_line_ms", "last_line_ms")
    left = pa.table({"address": truth["address"], "label": label, **{name: truth[name] for name in columns}})
    for name in ("from_ms", "until_ms"):
        if name not in subjects.column_names:
            subjects = subjects.append_column(name, pa.nulls(len(subjects), pa.int64()))
    both = left.join(subjects.select(["address", "subject", "from_ms", "until_ms"]), "address", join_type="inner")
    begin, end = _integers(both, "from_ms", -1), _integers(both, "until_ms", _OPEN)
    start = np.maximum(_integers(both, "start_ms"), begin)
    stop = np.minimum(_integers(both, "end_ms"), end)
    first, last = np.maximum(_integers(both, "first_line_ms"), start), np.minimum(_integers(both, "last_line_ms"), stop)
    heard = (
        (start <= stop) & (start < end) & (_integers(both, "last_line_ms") >= start) & (first < end) & (first <= stop)
    )
    spans = _Spans(_integers(both, "subject"), start, stop, np.maximum(last - first, 0), _integers(both, "label"))
    spans = spans.take(heard)
    return spans.take(np.lexsort((spans.start_ms, spans.subject)))


def _integers(table: pa.Table, name: str, null: int = 0) -> Array:
    return pc.fill_null(table[name].cast(pa.int64()), null).to_numpy()


def _found(visits: pa.Table) -> _Spans:
    start, end = _integers(visits, "start_ms"), _integers(visits, "end_ms")
    return _Spans(_integers(visits, "subject"), start, end, end - start, np.full(len(start), -1))


def _pairs(found: _Spans, true: _Spans) -> _Pairs:
    """Every visit found with every true visit of its subject."""
    low = np.searchsorted(true.subject, found.subject, side="left")
    count = np.searchsorted(true.subject, found.subject, side="right") - low
    left = np.repeat(np.arange(len(found)), count)
    right = np.arange(len(left)) - np.repeat(np.cumsum(count) - count, count) + low[left]
    start = np.maximum(found.start_ms[left], true.start_ms[right])
    overlap = np.minimum(found.end_ms[left], true.end_ms[right]) - start
    lone = found.dwell_ms[left] == 0
    longer = np.maximum(found.dwell_ms[left], true.end_ms[right] - true.start_ms[right])
    return _Pairs(left, right, overlap, np.where(lone, overlap == 0, (overlap > 0) & (2 * overlap >= longer)))


def _one_to_one(pairs: _Pairs) -> _Pairs:
    """The greedy choice: the largest overlap, then the largest of those whose sides are both still free, and so on."""
    pairs = pairs.take(np.lexsort((pairs.true, pairs.found, -pairs.overlap_ms)))
    chosen = [pairs.take(slice(0, 0))]
    while len(pairs):
        best = np.zeros((2, len(pairs)), bool)
        for side, rows in enumerate((pairs.found, pairs.true)):
            best[side, np.unique(rows, return_index=True)[1]] = True
        chosen.append(pairs.take(best.all(axis=0)))
        taken = np.isin(pairs.found, chosen[-1].found) | np.isin(pairs.true, chosen[-1].true)
        pairs = pairs.take(~taken)
    return _Pairs.concat(chosen)


def _nearest_label(pairs: _Pairs, found: _Spans, true: _Spans) -> Array:
    """For each visit found the label of the true visit that it overlaps most; -1 if its subject has none."""
    pairs = pairs.take(np.argsort(pairs.overlap_ms, kind="stable"))
    label = found.label.copy()
    label[pairs.found] = true.label[pairs.true]  # the last one written, the largest, stays
    return label


def _traps(labels: list[str]) -> Iterator[tuple[str, Array]]:
    """Each trap with a mask over labels (a label names every trap of a visit); its last place is for label -1."""
    split = [set(filter(None, label.split(","))) or {NO_TRAP} for label in labels]
    for trap in sorted(set().union(*split)):
        yield trap, np.array([*(trap in traps for traps in split), False])


def _score_of(found: _Spans, true: _Spans, matched: _Pairs, mask: Array) -> Score:
    """The score of those visits whose label is in `mask`."""
    pairs = matched.take(mask[true.label[matched.true]])
    error = np.abs(found.dwell_ms[pairs.found] - true.dwell_ms[pairs.true])
    median = float(np.median(error)) / 1000 if len(pairs) else float("nan")
    return Score(int(mask[true.label].sum()), int(mask[found.label].sum()), len(pairs), median)
