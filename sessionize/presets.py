"""Definitions that count like other products: named, versioned sets of rules, each number with where it was published.

What does not live here: what a rule does (`rules`, `signal`, `walk`), and reading a preset from a config (`pipelines`).
A published preset never changes: other numbers are another version. What stands in `known` is taken from the product's
use, without a published source; what stands in `not_ours` is part of its definition and cannot be said in ours.
"""

from dataclasses import dataclass

from sessionize.rules import HOUR_MS, MINUTE_MS


@dataclass(frozen=True)
class Preset:
    """One product's way to count; None: it says nothing, ours holds. Durations in ms, signals in dBm.

    `gap_ms` sets all holds; the others are as in a definition of district.toml.
    """

    name: str
    version: int
    product: str
    sources: tuple[tuple[str, str], ...]
    gap_ms: int | None = None
    enter_dbm: int | None = None
    stay_dbm: int | None = None
    min_dwell_ms: int | None = None
    engaged_ms: int | None = None
    fully_engaged_ms: int | None = None
    bands_ms: tuple[int, ...] | None = None
    known: tuple[str, ...] = ()
    not_ours: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        """How figures name it: `meraki@1`."""
        return f"{self.name}@{self.version}"

    def settings(self) -> dict[str, int | tuple[int, ...]]:
        """The numbers that it sets, by their name here."""
        named = {field: getattr(self, field) for field in _SETTINGS}
        return {field: value for field, value in named.items() if value is not None}


_SETTINGS = (
    "gap_ms",
    "enter_dbm",
    "stay_dbm",
    "min_dwell_ms",
    "engaged_ms",
    "fully_engaged_ms",
    "bands_ms",
)

CISCO_SPACES = Preset(
    name="cisco-spaces",
    version=1,
    product="Cisco Spaces, Behavior Metrics",
    sources=(("CS1", "https://runbooks.ciscospaces.io/docs/how-data-is-interpreted-and-calculated-for-apps-in"),),
    gap_ms=3 * HOUR_MS,
    min_dwell_ms=0,
    not_ours=(
        "the idle time differs by vertical; 3 h is the one that is published",
        "MACs that share a user-id count once; here one device is one visitor",
        "its classifier that takes out staff",
    ),
)

CISCO_CMX = Preset(
    name="cisco-cmx",
    version=1,
    product="Cisco CMX, Presence Analytics",
    sources=(
        (
            "CS8",
            "https://www.cisco.com/c/en/us/td/docs/wireless/mse/8-0/CMX_Analytics/Guide/CMX_Analytics_Guide/"
            "CMX_analytics_presence_analytics.html",
        ),
    ),
    gap_ms=20 * MINUTE_MS,
    enter_dbm=-65,
    stay_dbm=-65,
    min_dwell_ms=5 * MINUTE_MS,
    known=(
        "all of its numbers: the thresholds are set for each site; -65 dBm and 5 of 20 minutes are its usual values",
    ),
    not_ours=("5 minutes above the threshold within 20: here a gap of 20 min and a dwell of 5 min",),
)

MERAKI = Preset(
    name="meraki",
    version=1,
    product="Cisco Meraki, Location Analytics",
    sources=(
        ("M1", "https://documentation.meraki.com/MR/Monitoring_and_Reporting/Location_Analytics"),
        ("M2", "https://github.com/gve-sw/MerakiMRScanningReceiverSample"),
        ("M9", "https://developer.cisco.com/meraki/scanning-api/api-version-1-deprecated"),
    ),
    gap_ms=2 * MINUTE_MS,
    enter_dbm=-80,
    stay_dbm=-85,
    min_dwell_ms=5 * MINUTE_MS,
    bands_ms=(5 * MINUTE_MS, 20 * MINUTE_MS, 60 * MINUTE_MS, 6 * HOUR_MS),
    known=("the dwell bands 5-20 min, 20-60 min, 1-6 h, over 6 h",),
    not_ours=(
        "the gap of 120 s is that of the sample receiver, not of the dashboard",
        "it hears of a phone every minute or so: logs that tell only of joins and leaves fall apart at such a gap",
        "its RSSI is over the noise: 15 and 10 are taken as -80 and -85 dBm (less 95)",
    ),
)

ARUBA = Preset(
    name="aruba",
    version=1,
    product="Aruba Central, Presence Analytics",
    sources=(
        ("A1", "https://www.marquest.com/840/"),
        ("A2", "https://arubanetworking.hpe.com/techdocs/aos/loc-serv/cle-dg/_print/"),
    ),
    enter_dbm=-64,
    stay_dbm=-64,
    min_dwell_ms=5 * MINUTE_MS,
    not_ours=(
        "more than -65 dBm is -64 dBm, for signals are whole numbers",
        "-90 dBm, under which it takes a client for no passer-by: here whatever was heard passes by",
        "it publishes no gap: ours",
    ),
)

PURPLE = Preset(
    name="purple",
    version=1,
    product="Purple, Presence",
    sources=(("P1", "https://support.purple.ai/hc/en-gb/articles/7330786907677"),),
    min_dwell_ms=0,
    engaged_ms=3 * MINUTE_MS,
    fully_engaged_ms=15 * MINUTE_MS,
    bands_ms=(3 * MINUTE_MS, 15 * MINUTE_MS),
    not_ours=(
        "exactly 3 min is not engaged there, and partly engaged here: a band holds its lower end",
        "it publishes no gap: ours",
    ),
)

CLOUD4WI = Preset(
    name="cloud4wi",
    version=1,
    product="Cloud4Wi, Spaces",
    sources=(
        ("C1", "https://cloud4wi.zendesk.com/hc/en-us/articles/206221164"),
        ("C2", "https://cloud4wi.zendesk.com/hc/en-us/articles/360033932871-Spaces-evolution-what-changed"),
    ),
    gap_ms=15 * MINUTE_MS,
    min_dwell_ms=5 * MINUTE_MS,
    engaged_ms=5 * MINUTE_MS,
    not_ours=(
        "the minimum signal of the first sample is set for each location and has no published default: set `enter_dbm`",
        "visits over its maximum duration are dropped; here they are flagged `static` over `longest`, and left out",
        "changed thresholds are not applied to the past there; here every day keeps the version it was run with",
    ),
)

PRESETS = (CISCO_SPACES, CISCO_CMX, MERAKI, ARUBA, PURPLE, CLOUD4WI)


def preset(name: str) -> Preset:
    """The preset `meraki@1`, or the newest of the name `meraki`. ValueError names those that there are."""
    found = [one for one in PRESETS if name in (one.name, one.full_name)]
    if not found:
        known = ", ".join(one.full_name for one in PRESETS)
        raise ValueError(f"{name!r} is no preset: one of {known}")
    return max(found, key=lambda one: one.version)
