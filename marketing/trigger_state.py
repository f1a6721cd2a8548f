"""The state of the trigger core: who is where since when, what has fired, what to look at next; and its form as bytes.

The bytes are versioned Arrow IPC and name places and campaigns in full, so a state outlives a change of campaigns: one
that is gone is forgotten, a new one waits for the next entry into its place. Only the latest visit of each subject is
written. What does not live here: the rules (`marketing.dwelling`) and the step (`marketing.triggers`).
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from marketing.campaigns import Campaign
from marketing.dwelling import NOBODY, SPAN, UNSET_MS, WHO
from schemas import ConfigError

VERSION = b"triggers/1"
_DAY_MS = 86_400_000  # a campaign waits a day at most

Place = tuple[str, str]  # ("zone" or "site", name)


@dataclass
class State:
    """Owned by one caller: `advance` changes it in place. Places with campaigns have the lowest codes."""

    campaigns: tuple[Campaign, ...]
    flap_ms: int
    codes: dict[Place, int]
    first: NDArray[np.int64]
    after_ms: NDArray[np.int64]
    campaign: NDArray[np.int64]
    who: NDArray[Any] = field(default_factory=lambda: np.zeros(1024, WHO))
    spans: NDArray[Any] = field(default_factory=lambda: np.zeros(1024, SPAN))
    span_count: int = 0
    slots: dict[int, int] = field(default_factory=dict)  # subject -> its row of `who`
    timers: list[tuple[int, int]] = field(default_factory=list)  # heap of (at_ms, span)
    fired: set[tuple[int, int]] = field(default_factory=set)  # (span, campaign)

    def code_of(self, level: str, name: str) -> int:
        return self.codes.setdefault((level, name), len(self.codes))

    def slots_of(self, subjects: NDArray[np.int64]) -> NDArray[np.int32]:
        """The row of `who` of each subject, new ones included."""
        distinct, index = np.unique(subjects, return_inverse=True)
        slots = np.array([self._slot(subject) for subject in distinct.tolist()], np.int32)
        return slots[index]

    def _slot(self, subject: int) -> int:
        slot = self.slots.setdefault(subject, len(self.slots))
        if slot == len(self.who):
            self.who = np.concatenate([self.who, np.zeros_like(self.who)])
        if self.who[slot]["subject"] != subject:
            self.who[slot] = (subject, -UNSET_MS, -UNSET_MS, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY)
        return slot

    def make_room(self, spans: int) -> None:
        """Room for that many further spans, at an amortised cost of what is added."""
        if self.span_count + spans > len(self.spans):
            grown = np.zeros(max(2 * len(self.spans), self.span_count + spans), SPAN)
            grown[: self.span_count] = self.spans[: self.span_count]
            self.spans = grown


def start(campaigns: Sequence[Campaign], flap_ms: int) -> State:
    """The state before the first row. `flap_ms`: a shorter absence does not end a stay (rules.flap_ms)."""
    order = sorted(range(len(campaigns)), key=lambda c: (campaigns[c].level, campaigns[c].place, campaigns[c].after_ms))
    codes: dict[Place, int] = {}
    for index in order:
        codes.setdefault((campaigns[index].level, campaigns[index].place), len(codes))
    at_place = [codes[campaigns[index].level, campaigns[index].place] for index in order]
    first = np.searchsorted(at_place, np.arange(len(codes) + 1)).astype(np.int64)
    after_ms = np.array([campaigns[index].after_ms for index in order], np.int64)
    return State(tuple(campaigns), flap_ms, codes, first, after_ms, np.array(order, np.int64))


def to_bytes(state: State) -> bytes:
    """The state as versioned Arrow IPC; the cost is that of the subjects and of the spans kept in memory."""
    who, spans = state.who[: len(state.slots)], state.spans[: state.span_count]
    names = pa.array([f"{level}:{name}" for level, name in state.codes], pa.string())
    kept = np.flatnonzero(spans["visit_start_ms"] == who["visit_start_ms"][spans["who"]])
    row_of = np.full(len(spans) + 1, NOBODY)
    row_of[kept] = np.arange(len(kept))
    fired = [(int(row_of[span]), campaign) for span, campaign in state.fired if row_of[span] != NOBODY]
    tables = (
        pa.table({name: _named(who, name, names) for name in ("subject", "visit_start_ms", "at_ms", "zone", "site")}),
        _span_table(state, kept, names),
        pa.table(
            {
                "span": pa.array([span for span, _ in fired], pa.int32()),
                "campaign": pa.array([state.campaigns[campaign].name for _, campaign in fired], pa.string()),
            }
        ),
    )
    return _written(tables)


def from_bytes(data: bytes, campaigns: Sequence[Campaign], flap_ms: int) -> State:
    """The state that `to_bytes` wrote, under `campaigns`; raises ConfigError if another version wrote it."""
    who, spans, fired = _read(data)
    state = start(campaigns, flap_ms)
    state.who = np.full(max(1024, who.num_rows), 0, WHO)
    _fill(state.who[: who.num_rows], who, state)
    state.slots = {subject: slot for slot, subject in enumerate(who["subject"].to_pylist())}
    for link in ("zone_span", "site_span", "newest"):
        state.who[link] = NOBODY
    row_of = _take_spans(state, spans)
    number = {campaign.name: index for index, campaign in enumerate(campaigns)}
    for span, name in zip(fired["span"].to_pylist(), fired["campaign"].to_pylist(), strict=True):
        if row_of[span] != NOBODY and name in number:
            state.fired.add((int(row_of[span]), number[name]))
    return state


def _span_table(state: State, kept: NDArray[np.int64], names: pa.Array) -> pa.Table:
    spans = state.spans[kept]
    one = state.who[spans["who"]]
    columns = {name: _named(spans, name, names) for name in ("who", "place", "zone", "site", "enter_ms", "until_ms")}
    columns["visit_start_ms"] = pa.array(spans["visit_start_ms"])
    columns["is_open"] = pa.array((one["zone_span"] == kept) | (one["site_span"] == kept))
    last = state.first[spans["place"]] + spans["reached"] - 1
    columns["reached_ms"] = pa.array(np.where(spans["reached"] > 0, state.after_ms[last], -1))
    return pa.table(columns)


def _take_spans(state: State, table: pa.Table) -> NDArray[np.int64]:
    """Fills the spans of places that still have campaigns, their links and timers; returns row of `table` -> span."""
    spans = np.zeros(table.num_rows, SPAN)
    _fill(spans, table, state)
    watched = spans["place"] < len(state.first) - 1
    row_of = np.where(watched, np.cumsum(watched) - 1, NOBODY)
    spans, is_open = spans[watched], table["is_open"].to_numpy()[watched]
    steps = np.repeat(np.arange(len(state.first) - 1), np.diff(state.first)) * 2 * _DAY_MS + state.after_ms
    reached = table["reached_ms"].to_numpy()[watched]
    places = spans["place"].astype(np.int64)
    spans["reached"] = np.searchsorted(steps, places * 2 * _DAY_MS + reached, "right") - state.first[places]
    state.make_room(len(spans))
    state.spans[: len(spans)], state.span_count = spans, len(spans)
    _link(state, is_open)
    _set_timers(state)
    return row_of


def _link(state: State, is_open: NDArray[np.bool_]) -> None:
    """Chains the spans of each subject, and points it to those it is in."""
    spans = state.spans[: state.span_count]
    order = np.argsort(spans["who"], kind="stable")
    who = spans["who"][order]
    spans["older"][order] = np.where(np.diff(who, prepend=NOBODY) == 0, np.roll(order, 1), NOBODY)
    state.who["newest"][who] = order  # the last of each subject stays
    level = np.array([level for level, _ in state.codes] + [""])[spans["place"]]
    for each in ("zone", "site"):
        inside = np.flatnonzero(is_open & (level == each))
        state.who[f"{each}_span"][spans["who"][inside]] = inside


def _set_timers(state: State) -> None:
    spans = state.spans[: state.span_count]
    spans["timer_ms"] = UNSET_MS
    step = state.first[spans["place"]] + spans["reached"]
    waiting = np.flatnonzero(step < state.first[spans["place"] + 1])
    at_ms = spans["enter_ms"][waiting] + state.after_ms[step[waiting]]
    reaches = at_ms <= spans["until_ms"][waiting]
    spans["timer_ms"][waiting[reaches]] = at_ms[reaches]
    state.timers = list(zip(at_ms[reaches].tolist(), waiting[reaches].tolist(), strict=True))
    heapq.heapify(state.timers)


_PLACES = ("place", "zone", "site")


def _named(rows: NDArray[Any], column: str, names: pa.Array) -> pa.Array:
    """A column of `rows`; a place as its name, null for nowhere."""
    values = np.ascontiguousarray(rows[column])
    if column not in _PLACES:
        return pa.array(values)
    return pa.DictionaryArray.from_arrays(pa.array(values, mask=values == NOBODY), names)


def _fill(rows: NDArray[Any], table: pa.Table, state: State) -> None:
    """Sets the columns of `rows` that `table` has, names turned into this state's codes."""
    for column in set(table.column_names) & set(rows.dtype.names or ()):
        if column not in _PLACES:
            rows[column] = table[column].to_numpy()
            continue
        coded = table[column].combine_chunks()
        known = [tuple(name.split(":", 1)) for name in coded.dictionary.to_pylist()]
        codes = np.array([*(state.code_of(level, name) for level, name in known), NOBODY])
        rows[column] = codes[coded.indices.fill_null(len(known)).to_numpy()]


def _written(tables: Sequence[pa.Table]) -> bytes:
    """The tables as IPC streams, one after the other, each marked with the version."""
    sink = pa.BufferOutputStream()
    for table in tables:
        marked = table.replace_schema_metadata({b"version": VERSION})
        with pa.ipc.new_stream(sink, marked.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
            writer.write_table(marked)
    return bytes(sink.getvalue())


def _read(data: bytes) -> list[pa.Table]:
    source = pa.BufferReader(data)
    try:
        tables = [pa.ipc.open_stream(source).read_all() for _ in range(3)]
    except (pa.ArrowInvalid, OSError):  # not Arrow, or cut short
        raise ConfigError("this is no state of triggers", "remove it: the triggers start afresh") from None
    if any((table.schema.metadata or {}).get(b"version") != VERSION for table in tables):
        raise ConfigError("another version wrote this state of triggers", "finish the day with that version")
    return tables
