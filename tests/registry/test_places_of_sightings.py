"""From a parser's lines to the zones of a visit: an AP that moved, and one that the registry lacks."""

import datetime

from ingest.formats import FORMATS
from ingest.registry import Registry, from_files
from ingest.sightings import sightings_of
from ingest.subjects import Subjects
from schemas.day import Day
from sessionize.rules import VisitRules
from sessionize.visits import visits
from tests.golden.readings import DATA, PLACES_CSV

PHONE = "02:00:00:00:0a:11"
HEAD = "at,device,ap,kind\n"
ZONES = b"zone,site\nnoodle-shop,mall\ntea-shop,mall\nhall,mall\n"
MIDNIGHT_MS = 1_795_132_800_000  # 2026-11-20T00:00Z
HOUR_MS = 3_600_000
TWO_DAYS = Day("d", datetime.date(2026, 11, 20), MIDNIGHT_MS, MIDNIGHT_MS + 48 * HOUR_MS, 0, MIDNIGHT_MS + 72 * HOUR_MS)


def zones_walked(registry: Registry, *rows: str) -> list[list[str]]:
    """The zones of each visit that these lines make, in order of time."""
    text = HEAD + "".join(f"{row}\n" for row in rows)
    reading = FORMATS["csv"].prepare(text.encode(), PLACES_CSV).parse(text.encode(), 1, MIDNIGHT_MS)
    assert not reading.rejects
    sightings, _, _ = sightings_of(reading, PLACES_CSV, "mall.csv", registry, TWO_DAYS, Subjects(b"d" * 32))
    walked = visits(sightings, registry.places, VisitRules("default"), TWO_DAYS)
    of_visit = [visit["visit_id"] for visit in walked.visits.sort_by("start_ms").to_pylist()]
    stays = walked.stays.sort_by("from_ms").to_pylist()
    return [[stay["zone"] for stay in stays if stay["visit_id"] == visit] for visit in of_visit]


def registry(aps: str) -> Registry:
    return from_files(aps.encode(), ZONES, None, "UTC")


def golden(name: str) -> list[str]:
    """The lines of a golden file without its header."""
    return (DATA / name).read_text().splitlines()[1:]


def test_ap_moved_to_other_shop() -> None:
    moved = registry(
        "ap,bssid,zone,valid_from,valid_until\n"
        "ap-1,02:00:5e:00:00:a0/44,noodle-shop,,2026-11-21\n"
        "ap-1,02:00:5e:00:00:a0/44,tea-shop,2026-11-21,\n"
        "ap-2,,hall,,\n"
    )
    assert zones_walked(moved, *golden("ap-moved-to-other-shop.csv")) == [["noodle-shop"], ["tea-shop"]]


def test_an_ap_moved_while_a_phone_is_linked_keeps_the_zone_of_the_join() -> None:
    moved = registry(
        "ap,zone,valid_from,valid_until\nap-1,noodle-shop,,2026-11-21\nap-1,tea-shop,2026-11-21,\nap-2,hall,,\n"
    )
    over_midnight = [f"2026-11-20 23:50:00,{PHONE},ap-1,in", f"2026-11-21 00:20:00,{PHONE},ap-1,out"]
    assert zones_walked(moved, *over_midnight) == [["noodle-shop"]]


def test_unknown_ap() -> None:
    known = registry("ap,bssid,zone\nap-1,02:00:5e:00:00:a0/44,noodle-shop\nap-2,,tea-shop\nap-3,,hall\n")
    rows = golden("unknown-ap.csv")  # an address, then a name that no line of aps.csv has
    assert zones_walked(known, *rows) == [["noodle-shop", "unknown", "tea-shop"]]
