"""All that has fooled readers of these logs, by name: the golden logs that hold it, and the tests of what it means.

That a log gives the rows written beside it is tested here once more, by the trap's name.
"""

import importlib
from dataclasses import dataclass

import pytest

from ingest.formats import FORMATS
from tests.golden.readings import DATA, GOLDEN, TELLING, written
from tests.golden.test_truncated_gz import test_truncated_gz as read_truncated_gz

VENDORS, SESSIONS, PRESENCE = (
    f"tests.golden.{name}" for name in ("test_vendor_traps", "test_sessions", "test_one_presence")
)
PLACES = "tests.registry.test_places_of_sightings"
ENDS = f"{SESSIONS}.test_a_trap_gives_the_visits_that_were"


@dataclass(frozen=True)
class Trap:
    """Golden logs that hold it, and further tests of it by their full names."""

    logs: tuple[str, ...]
    tests: tuple[str, ...] = ()


TRAPS = {
    "mac-8-notations": Trap(("mac-8-notations.csv",)),
    "called-station-4-forms": Trap(("called-station-4-forms.detail",)),
    "no-year-at-new-year": Trap(("no-year-at-new-year.log",)),
    "dst-hour-twice": Trap(("dst-hour-twice.csv", "dst-hour-twice.log")),
    "tz-abbrev-CST": Trap(("tz-abbrev-CST.log",)),
    "two-clocks-10s": Trap(("two-clocks-10s.log",)),
    "clock-jump-back": Trap(("clock-jump-back.log",)),
    "same-event-from-ap-and-ac": Trap(
        ("same-event-from-ap-and-ac.log",), (f"{VENDORS}.test_same_event_from_ap_and_ac",)
    ),
    "deauth-after-newassoc-same-second": Trap(
        ("deauth-after-newassoc-same-second.log",), (f"{VENDORS}.test_deauth_after_newassoc_same_second",)
    ),
    "ft-roam": Trap(("ft-roam.log",), (f"{VENDORS}.test_ft_roam",)),
    "radio-change-same-ap": Trap(("radio-change-same-ap.log", "radio-change-same-ap.jsonl")),
    "refused-assoc-not-a-visit": Trap(
        ("refused-assoc-not-a-visit.log", "refused-assoc-not-a-visit-cisco.log"),
        (f"{VENDORS}.test_refused_assoc_not_a_visit_cisco",),
    ),
    "missing-stop": Trap(("missing-stop.detail",), (ENDS,)),
    "accounting-on": Trap(("accounting-on.detail",), (ENDS,)),
    "interim-after-stop": Trap(("interim-after-stop.detail",), (ENDS,)),
    "retransmit-delay-time": Trap(("retransmit-delay-time.detail",), (ENDS,)),
    "session-id-reuse-after-reboot": Trap(("session-id-reuse-after-reboot.detail",), (ENDS,)),
    "roam-same-session-id": Trap(("roam-same-session-id.detail",), (ENDS,)),
    "portal-mac-as-ap": Trap(("portal-mac-as-ap.detail",), (ENDS,)),
    "octet-wrap": Trap(("octet-wrap.detail",), (ENDS,)),
    "idle-timeout-tail": Trap(("idle-timeout-tail.detail",), (ENDS,)),
    "repeat-counter-(*2)": Trap(("repeat-counter-2.log",)),
    "gb18030-ap-name": Trap(("gb18030-ap-name.log",)),
    "truncated-last-line": Trap(("truncated-last-line.log",), (f"{VENDORS}.test_truncated_last_line",)),
    "truncated-gz": Trap((), ("tests.golden.test_truncated_gz.test_truncated_gz",)),
    "crlf+#015": Trap(("crlf-015.log",), (f"{VENDORS}.test_crlf_015",)),
    "0000.0000.0000": Trap(("zero-mac.log",), (f"{VENDORS}.test_zero_mac",)),
    "multicast-mac": Trap(("multicast-mac.jsonl",)),
    "broadcast-mac": Trap(("broadcast-mac.jsonl",)),
    "local-bit-mac": Trap(("local-bit-mac.jsonl",)),
    "meraki-rssi-positive": Trap(("meraki-rssi-positive.jsonl",)),
    "meraki-rssi-negative": Trap(("meraki-rssi-negative.jsonl",)),
    "string-numbers": Trap(
        (
            "string-numbers.jsonl",
            "string-numbers-cisco-cmx.jsonl",
            "string-numbers-cisco-firehose.jsonl",
            "string-numbers-unifi-log.jsonl",
        )
    ),
    "firehose-replay-overlap": Trap(
        ("firehose-replay-overlap.jsonl",),
        ("tests.golden.test_firehose.test_records_that_come_again_give_each_event_once",),
    ),
    "unknown-ap": Trap(("unknown-ap.csv",), (f"{PLACES}.test_unknown_ap",)),
    "ap-moved-to-other-shop": Trap(("ap-moved-to-other-shop.csv",), (f"{PLACES}.test_ap_moved_to_other_shop",)),
    "midnight-stay": Trap(("midnight-stay.log",), (f"{PRESENCE}.test_midnight_stay",)),
}


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap(name: str) -> None:
    for log in TRAPS[name].logs:
        feed, near_ms = GOLDEN[log]
        reading = FORMATS[feed.format].parse((DATA / log).read_bytes(), 1, feed, near_ms)
        assert written(reading, feed.format in TELLING) == (DATA / f"{log}.expected").read_text(encoding="utf-8"), log
    if not TRAPS[name].logs:
        read_truncated_gz()


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_has_the_tests_that_are_named_for_it(name: str) -> None:
    for test in TRAPS[name].tests:
        module, function = test.rsplit(".", 1)
        assert callable(getattr(importlib.import_module(module), function)), test
