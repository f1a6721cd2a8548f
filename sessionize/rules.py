"""The numbers in the definition of a visit. How a day, a feed or a config comes by them does not live here."""

from dataclasses import dataclass
from typing import Literal

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS

Scope = Literal["district", "site"]


@dataclass(frozen=True)
class VisitRules:
    """A named, versioned definition of a visit; all durations in ms (architecture §3).

    A feed may replace a hold for its APs (`schemas.place`); with `memory_ms` and `tail_ms` 0 visits are cut at
    `day_start`. `enter_dbm` and `stay_dbm`: how strong a `seen` row must be to open and to hold a visit (`signal`);
    None: however strong. `nearest`: of APs that hear one subject within a second, the loudest counts (`nearest`).
    """

    definition: str = "default"
    version: int = 1
    scope: Scope = "district"
    hold_joined_ms: int = 4 * HOUR_MS
    hold_seen_ms: int = 15 * MINUTE_MS
    hold_left_ms: int = 15 * MINUTE_MS
    hold_idle_ms: int = 30 * MINUTE_MS
    longest_ms: int = 14 * HOUR_MS
    flap_ms: int = MINUTE_MS
    enter_dbm: int | None = None
    stay_dbm: int | None = None
    nearest: bool = True
    engaged_ms: int = 5 * MINUTE_MS
    staff_ms: int = 8 * HOUR_MS
    memory_ms: int | None = None
    tail_ms: int = 6 * HOUR_MS

    def __post_init__(self) -> None:
        holds = (self.hold_seen_ms, self.hold_left_ms, self.hold_idle_ms)
        if min(*holds, self.flap_ms) < 0 or self.hold_joined_ms < max(holds) or self.longest_ms < self.hold_joined_ms:
            raise ValueError(f"{self.definition}: needs 0 <= short holds <= hold_joined <= longest and flap >= 0")
        if self.stay_dbm is not None and (self.enter_dbm is None or self.enter_dbm < self.stay_dbm):
            raise ValueError(f"{self.definition}: stay_dbm needs an enter_dbm that is not weaker")

    @property
    def name(self) -> str:
        """How every number names its definition: `default@1`."""
        return f"{self.definition}@{self.version}"

    @property
    def asks_for_signal(self) -> bool:
        return self.enter_dbm is not None

    def memory_for(self, longest_short_hold_ms: int) -> int:
        """How far before a day its job reads: nothing older can change where a visit starts (architecture §2)."""
        return self.longest_ms + longest_short_hold_ms if self.memory_ms is None else self.memory_ms
