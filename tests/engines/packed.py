"""Every example of a visit as a subject of its own, in one log of one day: one job of an engine runs them all.

the cases of the visit law, its stays, random logs of the laws' town  ->  raw/log.csv, district.toml and registry
                                                                      `-> SIGHTING, for the kernel alone
"""

import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from privacy.pseudonyms import Pseudonyms
from schemas.sighting import KIND_NAMES
from tests.engines.runs import District
from tests.laws import visit_law
from tests.laws.logs import Row, random_logs, table

DATE = datetime.date(2026, 11, 21)
START_MS = int(datetime.datetime(2026, 11, 21, 6, tzinfo=datetime.UTC).timestamp() * 1000)
FIRST = 0x02_00_00_00_00_00  # the first of the invented addresses
MINUTE = 60_000
SETTINGS = """
[district]
name = "packed"
time_zone = "UTC"
day_start = 05:00:00

[[feeds]]
name = "log"
format = "csv"
glob = "*.csv"
time_format = "epoch_ms"

[[definitions]]
name = "district"

[[definitions]]
name = "site"
scope = "site"
"""
APS = "ap,bssid,zone,valid_from,valid_until,feed\n" + "".join(
    f"{ap},,{zone},,,\n" for ap, zone in (("A", "x"), ("a", "x"), ("B", "y"), ("C", "z"), ("D", "w"))
)
ZONES = "zone,name,site,floor,kind\n" + "".join(
    f"{zone},{zone},{site},,\n" for zone, site in (("x", "s"), ("y", "s"), ("z", "t"), ("w", "t"))
)

Logged = list[tuple[int, Row]]  # subject, (at in UTC ms, AP, kind)


def rows() -> Logged:
    """All examples, each subject numbered from 0."""
    scripted = [example for _, example, _ in (*visit_law.CASES, *visit_law.STAYS)]
    found = [(number, row) for number, example in enumerate(scripted) for row in example]
    random = random_logs(7, subjects=300)
    numbers = {subject: len(scripted) + i for i, subject in enumerate(dict.fromkeys(s for s, _ in random))}
    found += [(numbers[subject], (4 * at, ap, kind)) for subject, (at, ap, kind) in random]
    return [(subject, (START_MS + round(at * MINUTE), ap, kind)) for subject, (at, ap, kind) in found]


def written(folder: Path, logged: Logged) -> District:
    """The log in a district folder: one file a third of the lines, so that several workers read."""
    lines = [f"{at},{_address(subject)},{ap},{kind},{_dbm(subject, ap)}\n" for subject, (at, ap, kind) in logged]
    texts = {f"raw/{part}.csv": "at,device,ap,kind,signal\n" + "".join(lines[part::3]) for part in range(3)}
    texts |= {"district/district.toml": SETTINGS, "district/aps.csv": APS, "district/zones.csv": ZONES}
    for name, text in texts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return District(folder / "district", folder / "raw")


def sightings(logged: Logged, day_key: bytes) -> pa.Table:
    """The same rows as the kernel takes them, under the day's key."""
    numbers = sorted({subject for subject, _ in logged})
    names = Pseudonyms(day_key, members=False).of_macs(np.array([FIRST + number for number in numbers], np.uint64))
    subject = dict(zip(numbers, names.tolist(), strict=True))
    assert {kind for _, (_, _, kind) in logged} <= set(KIND_NAMES)
    rows = table([(subject[number], row) for number, row in logged])
    signals = [_dbm(number, ap) for number, (_, ap, _) in logged]
    return rows.append_column("signal_dbm", pa.array(signals, pa.int16()))


def _dbm(subject: int, ap: str) -> int:
    """How loud a subject is at an AP: not in the order of names."""
    return -40 - (subject * 7 + ord(ap[0]) * 11) % 50


def _address(subject: int) -> str:
    return ":".join(f"{octet:02x}" for octet in (FIRST + subject).to_bytes(6, "big"))
