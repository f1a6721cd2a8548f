"""The trigger core: presence in, firings out, resumable at any row.

    state = start(campaigns, flap_ms)
    state, triggers = advance(state, presence, clock_ms)        any number of times, in any steps

A campaign `enter` fires when a member enters its zone, or its site from outside; `stay` of N minutes fires at exactly
enter + N if the presence reaches that instant. An absence shorter than `flap` ends nothing, nor does a move between
zones of the site. Each campaign fires once per place, member device and visit. Only each subject's own order of rows
counts, and how they are cut into steps makes no difference.

What does not live here: the walk (`marketing.dwelling`), the state and its bytes (`marketing.trigger_state`), who may
be contacted (`marketing.exports`).
"""

import heapq
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from marketing.dwelling import DUE, ROW, TIMER, Floor, ring, walk
from marketing.trigger_state import State, from_bytes, start, to_bytes
from schemas import TRIGGER
from schemas.presence import LEFT_ZONE

__all__ = ["END_OF_TIME_MS", "State", "advance", "from_bytes", "start", "to_bytes"]

END_OF_TIME_MS = 2**62  # a clock past every instant: what is still waiting fires if its presence reaches that far
BLOCK = 1 << 16  # rows, or timers, between two looks at the room that is left


def advance(state: State, presence: pa.Table, clock_ms: int) -> tuple[State, pa.Table]:
    """The state after `presence` and up to `clock_ms`, and what fired: TRIGGER, ordered by instant, campaign, subject.

    Rows of members count (subject < 0), each subject's in the order in which it was walked. No row earlier than
    `clock_ms` may come later; a firing at the clock's own instant is decided. The given state is used up.
    """
    rows = _rows(state, presence) if len(state.campaign) else np.empty(0, ROW)
    due, timers = _run(state, walk, rows)
    queue = np.concatenate([timers["span"][timers["at_ms"] <= clock_ms], _rung(state, clock_ms)])
    more, later = _run(state, lambda block, floor: ring(block, clock_ms, floor), queue)
    for timer in (*timers[timers["at_ms"] > clock_ms].tolist(), *later.tolist()):
        heapq.heappush(state.timers, timer)
    return state, _triggers(state, _firing(state, np.concatenate([due, more])))


def _rows(state: State, presence: pa.Table) -> NDArray[Any]:
    """The members' rows of `presence`, places as codes of the state."""
    presence = presence.filter(np.less(presence["subject"].to_numpy(), 0))
    rows = np.empty(presence.num_rows, ROW)
    for name in ("at_ms", "until_ms", "visit_start_ms"):
        rows[name] = presence[name].to_numpy()
    rows["who"] = state.slots_of(presence["subject"].to_numpy())
    rows["leaves"] = _coded(presence["event"], lambda event: event == LEFT_ZONE)
    rows["zone"] = _coded(presence["zone"], lambda zone: state.code_of("zone", zone))
    rows["site"] = _coded(presence["site"], lambda site: state.code_of("site", site))
    return rows


def _coded(words: pa.ChunkedArray, code: Callable[[str], int]) -> NDArray[np.int64]:
    """A dictionary column as `code` of its words, each asked once."""
    chunks = [np.empty(0, np.int64)]
    for chunk in words.chunks:
        codes = np.array([code(word) for word in chunk.dictionary.to_pylist()], np.int64)
        chunks.append(codes[chunk.indices.to_numpy()] if len(chunk) else chunks[0])
    return np.concatenate(chunks)


def _run(
    state: State, step: Callable[[NDArray[Any], Floor], int], todo: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """What came due (DUE) and the timers to set (TIMER) when `step` has taken all of `todo`, in order.

    The step stops where a buffer is full; it goes on from there with emptied ones.
    """
    due, timers = np.empty(BLOCK + 4 * len(state.campaign), DUE), np.empty(BLOCK, TIMER)
    gathered = [due[:0]], [timers[:0]]
    begin = 0
    while begin < len(todo):
        block = todo[begin : begin + BLOCK]
        state.make_room(2 * len(block))
        counts = np.array([state.span_count, 0, 0])
        plan = state.first, state.after_ms, state.campaign
        begin += step(block, Floor(state.who, state.spans, *plan, state.flap_ms, due, timers, counts))
        state.span_count = int(counts[0])
        gathered[0].append(due[: counts[1]].copy())
        gathered[1].append(timers[: counts[2]].copy())
    return np.concatenate(gathered[0]), np.concatenate(gathered[1])


def _rung(state: State, clock_ms: int) -> NDArray[np.int64]:
    """The spans whose timers are at or before the clock, taken off the heap."""
    spans = []
    while state.timers and state.timers[0][0] <= clock_ms:
        spans.append(heapq.heappop(state.timers)[1])
    return np.array(spans, np.int64)


def _firing(state: State, due: NDArray[Any]) -> NDArray[Any]:
    """The rows of `due` whose campaign is valid at that instant and has not fired in that span's visit."""
    from_ms = np.array([campaign.from_ms for campaign in state.campaigns], np.int64)
    until_ms = np.array([campaign.until_ms for campaign in state.campaigns], np.int64)
    valid = (from_ms[due["campaign"]] <= due["at_ms"]) & (due["at_ms"] < until_ms[due["campaign"]])
    due = due[valid]
    keep = np.ones(len(due), np.bool_)
    for row, key in enumerate(zip(due["span"].tolist(), due["campaign"].tolist(), strict=True)):
        keep[row] = key not in state.fired
        state.fired.add(key)
    return due[keep]


def _triggers(state: State, fired: NDArray[Any]) -> pa.Table:
    def words(index: NDArray[Any], values: list[str]) -> pa.Array:
        return pa.array(values, pa.string()).take(pa.array(index))

    campaigns, names = state.campaigns, [name for _, name in state.codes]
    rank = np.argsort(np.argsort([campaign.name for campaign in campaigns])) if campaigns else np.empty(0, np.int64)
    subjects = state.who["subject"]
    fired = fired[np.lexsort((subjects[fired["who"]], rank[fired["campaign"]], fired["at_ms"]))]
    return TRIGGER.table(
        campaign=words(fired["campaign"], [campaign.name for campaign in campaigns]),
        merchant=words(fired["campaign"], [campaign.merchant for campaign in campaigns]),
        event=words(fired["campaign"], [campaign.event for campaign in campaigns]),
        subject=subjects[fired["who"]],
        site=words(fired["site"], names),
        zone=words(fired["zone"], names),
        at_ms=fired["at_ms"],
        visit_start_ms=fired["visit_start_ms"],
    )
