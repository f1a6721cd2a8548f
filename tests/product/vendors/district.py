"""The town as two districts: the logs of all its vendors, and the same sightings as plain CSV."""

import csv
import datetime
import gzip
import io
import random
from pathlib import Path

from tests.product.vendors.all import KINDS, VENDORS
from tests.product.vendors.town import APS, DAYS, Told, Vendor, bssid, told

HEAD = '[district]\nname = "all-vendors"\ntime_zone = "Asia/Shanghai"\n'
FEED = '[[feeds]]\nname = "{name}"\nformat = "{format}"\nglob = "{name}/*"\n'
CSV = 'time_format = "epoch_ms"\n[feeds.columns]\nat = "at"\ndevice = "device"\nap = "ap"\nkind = "kind"\n' + KINDS


def write_logs(root: Path) -> int:
    """A district of VENDORS with the logs of DAYS, lines repeated and out of order; how many sightings they tell."""
    feeds = (FEED.format(name=one.name, format=one.format) + 'idle = "5m"\n' + one.settings for one in VENDORS)
    offsets = (f"{one.name},{clock},{DAYS[0]},{one.behind_s}\n" for one in VENDORS for clock in one.declared)
    _write_district(root, "".join(feeds))
    (root / "district" / "offsets.csv").write_text("feed,clock,from,offset_s\n" + "".join(offsets), encoding="utf-8")
    rng = random.Random(4)
    for number, vendor, day, tellings in _files():
        log = vendor.head + b"".join(_lines(rng, vendor, tellings))
        name, data = (f"{day}.log.gz", gzip.compress(log)) if number % 3 == 0 else (f"{day}.log", log)
        _write(root / "raw" / vendor.name / name, data)
    return sum(len(tellings) for *_, tellings in _files())


def write_plain(root: Path) -> None:
    """The same district as CSV, each sighting once and at its true time."""
    _write_district(root, "".join(FEED.format(name=one.name, format="csv") + CSV for one in VENDORS))
    for _, vendor, day, tellings in _files():
        text = io.StringIO()
        rows = ((one.at_ms, one.device, one.ap, one.kind) for one in tellings)
        csv.writer(text, lineterminator="\n").writerows((("at", "device", "ap", "kind"), *rows))
        _write(root / "raw" / vendor.name / f"{day}.csv", text.getvalue().encode())


def _files() -> list[tuple[int, Vendor, datetime.date, list[Told]]]:
    found = []
    for day in DAYS:
        everything = list(told(VENDORS, day))
        for number, vendor in enumerate(VENDORS):
            found.append((number, vendor, day, [one for whose, one in everything if whose == number]))
    return found


def _lines(rng: random.Random, vendor: Vendor, tellings: list[Told]) -> list[bytes]:
    """In the order in which they came in, or nearly; every tenth came twice, the second time by another way."""
    again = [one for one in tellings if rng.random() < 0.1]
    arrived = [(one.received_ms + rng.randrange(3_000), one) for one in tellings]
    arrived += [(one.received_ms + rng.randrange(300_000), one) for one in again]
    written = (vendor.write(one) for _, one in sorted(arrived, key=lambda pair: pair[0]))
    return [one if isinstance(one, bytes) else one.encode(vendor.encoding) for one in written]


def _write_district(root: Path, feeds: str) -> None:
    """Two access points of a vendor are a zone, the third is another; vendors are on two sites in turn."""
    aps, zones = ["ap,bssid,zone,feed"], ["zone,site"]
    for number, vendor in enumerate(VENDORS):
        names = dict.fromkeys(vendor.ap(ap) for ap in range(APS))
        where = [f"{vendor.name}-{ap // 2}" for ap in range(len(names))]
        for ap, (name, zone) in enumerate(zip(names, where, strict=True)):
            aps.append(f"{name},{bssid(number, ap)},{zone},{vendor.name}")
        zones += [f"{zone},mall-{number % 2}" for zone in dict.fromkeys(where)]
    texts = ("district.toml", HEAD + feeds), ("aps.csv", "\n".join(aps)), ("zones.csv", "\n".join(zones))
    for name, text in texts:
        _write(root / "district" / name, text.encode())


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
