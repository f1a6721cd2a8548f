"""A simulated town in which every vendor has three access points: who was where, as each vendor's controllers tell it.

How a telling is written lives in `syslog`, `gateways`, `bodies` and `sessions`; which vendors there are in `all`.
"""

import datetime
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

UTC, SHANGHAI = datetime.UTC, datetime.timezone(datetime.timedelta(hours=8))
DAYS = (datetime.date(2026, 11, 20), datetime.date(2026, 11, 21))  # the first one teaches what clocks are wrong
DEVICES, APS, IDLE_MS = 600, 3, 300_000
MINUTE_MS = 60_000


@dataclass(frozen=True)
class Told:
    """What a controller tells of one device. `clock_ms` is what its clock shows at `at_ms`.

    `since_ms`: what it showed when the device joined that AP. `from_ap`: told of the AP of the same vendor that it came
    from. `received_ms`: when the line came in.
    """

    at_ms: int
    clock_ms: int
    received_ms: int
    kind: str
    device: str
    ap: str
    bssid: str
    since_ms: int
    from_ap: "Told | None"

    @property
    def said_ms(self) -> int:
        """What the clock shows as the line is written: an idle device is told of when its silence has lasted."""
        return self.clock_ms + IDLE_MS * (self.kind == "idle")


@dataclass(frozen=True)
class Vendor:
    """A format and a controller that writes it; `tells` is what it says of a join, a leave, a silence, a sign of life.

    `grain_ms`: what its stamps are cut to, by kind. Its clocks are `behind_s` seconds behind, which the two clocks of
    its lines tell, or offsets.csv for each of `declared`. `named`: the AP's key is its name. `after_ms`: how long after
    the last sign of life a silence stands.
    """

    name: str
    format: str
    write: Callable[[Told], str | bytes]
    tells: Mapping[str, str]
    grain_ms: Mapping[str, int]
    behind_s: int = 0
    declared: tuple[str, ...] = ()
    after_ms: int = 0
    named: bool = True
    head: bytes = b""
    settings: str = ""
    encoding: str = "utf-8"

    def ap(self, number: int) -> str:
        """The name of its access point 0, 1 or 2; what hears for itself is one."""
        if self.format == "airodump":
            return self.name
        return f"二号楼北 {number}" if self.format == "ruijie" else f"{self.name}-{number}"


def told(vendors: tuple[Vendor, ...], day: datetime.date) -> Iterator[tuple[int, Told]]:
    """(number of the vendor, what it tells) of all that happens on a day, in no order of time."""
    rng = random.Random(day.toordinal())
    for device in range(DEVICES):
        for number, ap, since, kind, at, came in _walked(rng, day, len(vendors)):
            vendor = vendors[number]
            if said := vendor.tells.get(kind):
                grain = vendor.grain_ms.get(said, vendor.grain_ms[""])
                one = _told(vendor, number, ap, said, at // grain * grain, _mac(0, device), rng)
                joined = vendor.grain_ms.get("joined", vendor.grain_ms[""])
                since_ms = since // joined * joined - vendor.behind_s * 1000
                come = None if came is None else _told(vendor, number, came, said, one.at_ms, one.device, rng)
                yield number, replace(one, since_ms=since_ms, from_ap=come)


def _walked(
    rng: random.Random, day: datetime.date, vendors: int
) -> Iterator[tuple[int, int, int, str, int, int | None]]:
    """(vendor, AP, joined there at, kind, at, came from) of one device: some stops in a row, now and then a pause."""
    midnight = datetime.datetime.combine(day, datetime.time(), SHANGHAI)
    at = int(midnight.timestamp() * 1000) + rng.randrange(9 * 60, 22 * 60) * MINUTE_MS
    for _ in range(rng.randrange(4, 13)):
        number, ap = rng.randrange(vendors), rng.randrange(APS)
        came = None
        for _ in range(rng.choice((1, 1, 2))):
            since, at = at, at + rng.randrange(2_000, 1_500_000)
            yield number, ap, since, "joined", since, came
            signs = sorted(rng.randrange(since, at) for _ in range(rng.randrange(3)))
            yield from ((number, ap, since, "seen", sign, None) for sign in signs)
            came, ap = ap, (ap + 1) % APS
        last = (ap - 1) % APS
        end = rng.choice(("left", "left", "left", "idle", "lost"))
        if end != "lost":
            yield number, last, since, end, at + rng.randrange(-1_500, 1_500), None  # also the echo of a roam
        at += rng.choice((0, 300, 4_000, 90_000, 1_200_000, 9_000_000))


def _told(vendor: Vendor, number: int, ap: int, kind: str, at: int, device: str, rng: random.Random) -> Told:
    clock = at - vendor.behind_s * 1000
    said = at + IDLE_MS * (kind == "idle")
    late = rng.choice((0, 0, 0, 0, 0, 0, 0, 0, 0, 2_000, 8_000, 30_000))
    after = vendor.after_ms * (kind == "idle")
    return Told(at + after, clock, said + late, kind, device, vendor.ap(ap), bssid(number, ap), clock, None)


def bssid(number: int, ap: int) -> str:
    """The address of an access point of the vendor of that number."""
    return _mac(0xAA00 + number, ap)


def _mac(block: int, number: int) -> str:
    return f"02:00:{block >> 8:02x}:{block & 0xFF:02x}:{number >> 8:02x}:{number & 0xFF:02x}"


def clock(at_ms: int) -> datetime.datetime:
    """Shanghai's time."""
    return datetime.datetime.fromtimestamp(0, SHANGHAI) + datetime.timedelta(milliseconds=at_ms)
