"""A mall of two feeds, three days long: Ruijie lines behind a relay, and a CSV whose clock no line shows."""

import random
from pathlib import Path

from tests.integration.skewed_district import DAYS, Clock, _local

GUESTS = 1_200  # a day

DISTRICT = """
[district]
name = "roamers"
time_zone = "Asia/Shanghai"
[[feeds]]
name = "relay"
format = "ruijie"
glob = "relay/*.log"
[[feeds]]
name = "floor"
format = "csv"
glob = "floor/*.csv"
kinds = {in = "joined", out = "left"}
columns = {kind = "event"}
"""
APS = "ap,zone,feed\na1,food,floor\nb1,books,relay\n"
ZONES = "zone,site\nfood,mall\nbooks,mall\n"
WALK_S = 1.0  # on average, from leaving one controller to joining the other


def write_roaming_district(root: Path, floor: Clock) -> Path:
    """A district folder and its raw logs below `root`; the same guests whatever the clock of the floor."""
    (root / "district").mkdir(parents=True)
    for name, text in (("district.toml", DISTRICT), ("aps.csv", APS), ("zones.csv", ZONES)):
        (root / "district" / name).write_text(text, encoding="utf-8")
    rng = random.Random(7)
    for day, name in enumerate(DAYS):
        events = [event for guest in range(GUESTS) for event in _events(rng, day, guest)]
        relay = "".join(_relayed(rng, *event) for event in sorted(events) if event[2] == "b1")
        rows = [
            f"{_local(floor(at)):%Y-%m-%d %H:%M:%S},{client},{ap},{what}\n"
            for at, client, ap, what in sorted(events)
            if ap == "a1"
        ]
        for folder, text in (("relay", relay), ("floor", "at,device,ap,event\n" + "".join(rows))):
            path = root / "raw" / folder / f"{name}.{'log' if folder == 'relay' else 'csv'}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return root


def _events(rng: random.Random, day: int, guest: int) -> list[tuple[float, str, str, str]]:
    """(when, who, where, what): in at the floor, over to the books, back, and home."""
    at, client = day * 86_400 + rng.uniform(0, 11 * 3600), f"0200.5e00.{guest:04x}"
    events = []
    for ap in ("a1", "b1", "a1"):
        events.append((at, client, ap, "in"))
        at += rng.uniform(120, 1_200)
        events.append((at, client, ap, "out"))
        at += rng.expovariate(1 / WALK_S)
    return events


def _relayed(rng: random.Random, at: float, client: str, ap: str, what: str) -> str:
    received, stamp = at + rng.expovariate(5), f"{_local(at):%b %d %H:%M:%S.%f}"[:-3]
    word, said = ("ADD", "attach to") if what == "in" else ("DEL", "leave")
    return (
        f"{_local(received):%b %d %H:%M:%S} 172.16.0.10  7: *{stamp}: AC-2 %APMG-6-STA_{word}: "
        f"Client({client}) notify: {said} AP ({ap}).\n"
    )
