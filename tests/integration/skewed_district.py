"""A mall of two Ruijie controllers behind one relay, three days long; the clock of one may be wrong."""

import datetime
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tests.product.command import Ended, shangquan

UTC = datetime.UTC
FIRST = datetime.datetime(2026, 11, 2, 1, tzinfo=UTC)  # 09:00 in Shanghai
DAYS = ("2026-11-02", "2026-11-03", "2026-11-04")
GUESTS = 150  # a day
BEHIND_S, DRIFT = 94.0, 20e-6

Clock = Callable[[float], float]  # seconds since FIRST -> what the clock shows, as seconds since FIRST

DISTRICT = """
[district]
name = "two-clocks"
time_zone = "Asia/Shanghai"
[[feeds]]
name = "relay"
format = "ruijie"
glob = "relay/*.log"
"""
APS = "ap,zone\na1,food\nb1,books\n"
ZONES = "zone,site\nfood,mall\nbooks,mall\n"


def right(second: float) -> float:
    return second


def behind(second: float) -> float:
    """94 s behind at first, and 20 ppm slow."""
    return second - BEHIND_S - DRIFT * second


def write_district(root: Path, ac_1: Clock, offsets: str = "") -> Path:
    """A district folder and its raw logs below `root`; the same guests whatever the clocks."""
    for name, text in (("district.toml", DISTRICT), ("aps.csv", APS), ("zones.csv", ZONES), ("offsets.csv", offsets)):
        if text:
            (root / "district").mkdir(parents=True, exist_ok=True)
            (root / "district" / name).write_text(text, encoding="utf-8")
    rng = random.Random(94)
    for day, name in enumerate(DAYS):
        lines = [line for guest in range(GUESTS) for line in _lines(rng, day, guest, ac_1)]
        path = root / "raw" / "relay" / f"{name}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(line for _, line in sorted(lines)), encoding="utf-8")
    return root


def _lines(rng: random.Random, day: int, guest: int, ac_1: Clock) -> list[tuple[float, str]]:
    """(when it was received, a line) of a guest: a1 of AC-1, half a minute later b1 of AC-2, back, and home."""
    begin = day * 86_400 + rng.uniform(0, 11 * 3600)
    lines = []
    for after, word, ap in ((0, "ADD", "a1"), (30, "ADD", "b1"), (330, "ADD", "a1"), (900, "DEL", "a1")):
        at = begin + after + rng.random()
        received = at + rng.expovariate(5) + 8 * (rng.random() < 0.03)
        ac, clock = ("AC-1", ac_1) if ap == "a1" else ("AC-2", right)
        what = ("attach to" if word == "ADD" else "leave") + f" AP ({ap})"
        client = f"0200.5e00.{guest:04x}"
        stamp = f"{_local(clock(at)):%b %d %H:%M:%S.%f}"[:-3]
        lines.append(
            (
                received,
                f"{_local(received):%b %d %H:%M:%S} 172.16.0.10  7: *{stamp}: {ac} %APMG-6-STA_{word}: "
                f"Client({client}) notify: {what}.\n",
            )
        )
    return lines


def _local(second: float) -> datetime.datetime:
    return FIRST + datetime.timedelta(seconds=second, hours=8)


@dataclass(frozen=True)
class Run:
    """Commands over a district folder, and what they left."""

    root: Path
    data: str = "data"

    def visits(self, *days: str) -> list[dict[str, Any]]:
        """The visits of each of `days` after its steps ran, in that order; sorted by day, start and subject."""
        for day in days:
            self("ingest", "--day", day)
            self("sessionize", "--day", day)
        return [row for day in sorted(days) for row in sorted(self.table("visits", day), key=_place)]

    def __call__(self, command: str, *more: object) -> str:
        return self.ended(command, *more).done()

    def ended(self, command: str, *more: object) -> Ended:
        folders = ("--config", self.root / "district", "--raw", self.root / "raw", "--data", self.root / self.data)
        return shangquan(command, *folders, *more)

    def table(self, name: str, day: str) -> list[dict[str, Any]]:
        path = self.root / self.data / name / f"day={day}" / "default.parquet"
        rows: list[dict[str, Any]] = pq.read_table(path, partitioning=None).to_pylist()
        return rows

    def offset(self, clock: str, day: str) -> dict[str, Any]:
        (row,) = (row for row in self.table("clock_offsets", day) if row["clock"] == clock)
        return row


def _place(visit: dict[str, Any]) -> tuple[int, int]:
    return visit["start_ms"], visit["subject"]
