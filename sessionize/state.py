"""The state of a stream's day: the rows that can still matter, and the open visits.

What does not live here: what a step does to it (`advance`), its bytes (`snapshot`), its parts (`slots`, `arena`).
"""

import dataclasses
import datetime
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from schemas.day import Day
from sessionize.aps import Aps
from sessionize.arena import Arena, empty_arena
from sessionize.arena import with_room as rows_with_room
from sessionize.opening import Terms
from sessionize.rules import VisitRules
from sessionize.slots import OPEN, Slots, empty_slots, with_room
from sessionize.snapshot import held, packed, restore, unpacked
from sessionize.walk import NEVER
from sessionize.wheel import Grid, grid_of

PresenceOf = Literal["all", "members", "none"]


@dataclass
class State:
    """One trading day under one definition; a step changes it in place. One thread at a time.

    Attributes:
        watermark_ms: no row below it comes any more; one that does is late.
        arena: rows that wait for the watermark, and rows that count in open visits.
        walks: the open walks, one for each subject, in scope site one for each of its sites.
        live: the live visits of presence, in the order of arrival.
        hears_signals: whether a row had a signal: from then on the watermark moves by whole seconds.
    """

    rules: VisitRules
    day: Day
    presence_of: PresenceOf
    aps: Aps
    grid: Grid
    watermark_ms: int
    arena: Arena
    walks: Slots
    live: Slots
    hears_signals: bool = False

    def to_bytes(self) -> bytes:
        """The state as one Arrow IPC stream (`snapshot`), as large as what it holds."""
        about = {
            "rules": dataclasses.asdict(self.rules),
            "day": {**dataclasses.asdict(self.day), "date": self.day.date.isoformat()},
            "presence_of": self.presence_of,
            "watermark_ms": self.watermark_ms,
            "hears_signals": self.hears_signals,
        }
        return packed(about, self.aps.places, self.aps.names, held(self.arena, self.walks, self.live))

    @classmethod
    def from_bytes(cls, data: bytes) -> "State":
        """The state that was packed. Raises InputError if `data` is no snapshot, or one of another version."""
        about, places, names, parts = unpacked(data)
        day = Day(**{**about["day"], "date": datetime.date.fromisoformat(about["day"]["date"])})
        state = start(places, VisitRules(**about["rules"]), day, presence_of=about["presence_of"])
        state.aps.learn(names)
        state.watermark_ms = about["watermark_ms"]
        state.hears_signals = about["hears_signals"]
        state.arena = rows_with_room(state.arena, len(parts.counted) + len(parts.waiting))
        state.walks = with_room(state.walks, len(parts.walks))
        state.live = with_room(state.live, len(parts.live))
        restore(parts, state.arena, state.walks, state.live, state.grid)
        return state

    @property
    def terms(self) -> Terms:
        return self.aps.terms(self.grid, self.rules)

    @property
    def open_visits(self) -> int:
        return int(self.walks.size[OPEN])

    @property
    def rows(self) -> int:
        """Rows held: those that wait, and those that count in open visits."""
        return int(self.arena.size[OPEN])


def start(places: pa.Table, rules: VisitRules, day: Day, *, presence_of: PresenceOf = "all") -> State:
    """The state of `day` before its first row. `places`: schema PLACE; another registry is another state.

    presence_of: whose presence `advance` emits; "members" follows only subjects below 0.
    """
    grid = grid_of(day.window_start_ms, day.window_end_ms + rules.longest_ms)
    walks, live = empty_slots(grid.buckets), empty_slots(grid.buckets)
    return State(rules, day, presence_of, Aps(places, rules), grid, NEVER, empty_arena(grid.buckets), walks, live)
