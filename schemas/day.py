"""A trading day as instants: what its job reads and which visits it keeps. `pipelines` computes it from a config."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class Day:
    """One trading day of one district; all instants are UTC epoch ms, all ranges half-open.

    window_start      start                     end        window_end
    |---- memory -----|------ the day ----------|--- tail -----|
                      visits that start here are kept
    """

    district: str
    date: datetime.date
    start_ms: int
    end_ms: int
    window_start_ms: int
    window_end_ms: int

    def __post_init__(self) -> None:
        if not self.window_start_ms <= self.start_ms < self.end_ms <= self.window_end_ms:
            raise ValueError(f"{self.date}: a day lies inside its window and is not empty")
