"""What a campaign file says: whose it is, which event of which place it waits for, from when until when.

    name = "coffee-after-ten-minutes"
    merchant = "m-0042"
    hold_out = 0.1                  # optional
    valid_from = 2026-11-01         # optional, inclusive; a date is its local midnight
    valid_until = 2026-12-01        # optional, exclusive

    [trigger]
    event = "stay"                  # or "enter"
    zone = "food-2"                 # or site = "riverside-mall"
    minutes = 10                    # of a stay

How a campaign fires lives in `marketing.triggers`.
"""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from marketing.definition import Definition, refuse
from schemas.trigger import EVENTS

MINUTE_MS = 60_000
ALWAYS_MS, NEVER_MS = -(2**62), 2**62


@dataclass(frozen=True)
class Campaign:
    """One campaign; it may fire at instants in [from_ms, until_ms)."""

    name: str
    merchant: str
    event: str
    level: Literal["zone", "site"]
    place: str
    minutes: int = 0
    hold_out: float = 0.1
    from_ms: int = ALWAYS_MS
    until_ms: int = NEVER_MS

    @property
    def after_ms(self) -> int:
        """How long a subject must be there: 0 for `enter`."""
        return self.minutes * MINUTE_MS


@dataclass(frozen=True)
class Places:
    """The names a definition may use; None: whatever it says."""

    zones: Collection[str] | None = None
    sites: Collection[str] | None = None
    merchants: Collection[str] | None = None
    tz: datetime.tzinfo = field(default=datetime.UTC)


def campaigns_of(files: Mapping[str, Mapping[str, Any]], places: Places) -> tuple[Campaign, ...]:
    """The campaigns of all files (name -> parsed TOML), ordered by name; raises ConfigError with every fault of all."""
    faults: list[str] = []
    found: dict[str, Campaign] = {}
    for file, given in sorted(files.items()):
        campaign = _campaign(Definition(file, given, faults), places)
        if campaign.name in found:
            faults.append(f'{file}: another campaign is named "{campaign.name}"')
        found[campaign.name] = campaign
    refuse(faults)
    return tuple(found[name] for name in sorted(found))


def _campaign(given: Definition, places: Places) -> Campaign:
    name, merchant = given.take_name(), given.take_merchant(places.merchants)
    hold_out = given.take_share("hold_out", 0.1)
    from_ms = given.take_instant("valid_from", places.tz, ALWAYS_MS)
    until_ms = given.take_instant("valid_until", places.tz, NEVER_MS)
    if until_ms <= from_ms:
        given.fault("valid_until must be later than valid_from")
    trigger = given.take_part("trigger")
    event = trigger.take_text("event", allowed=EVENTS)
    level, place = _place(trigger, places)
    minutes = _minutes(trigger, event)
    trigger.finish(("event", "zone", "site", "minutes"))
    given.finish(("name", "merchant", "hold_out", "valid_from", "valid_until", "trigger"))
    return Campaign(name, merchant, event, level, place, minutes, hold_out, from_ms, until_ms)


def _place(trigger: Definition, places: Places) -> tuple[Literal["zone", "site"], str]:
    if trigger.has("zone") == trigger.has("site"):
        trigger.fault("trigger needs a zone or a site, and not both")
        for key in ("zone", "site"):
            trigger.take_text(key, default="")
        return "zone", ""
    if trigger.has("zone"):
        return "zone", trigger.take_text("zone", allowed=places.zones)
    return "site", trigger.take_text("site", allowed=places.sites)


def _minutes(trigger: Definition, event: str) -> int:
    if event == "stay" or trigger.has("minutes"):
        minutes = trigger.take_minutes("minutes")
        if event != "enter":
            return minutes
        trigger.fault("trigger.minutes belongs to a stay: enter fires at once")
    return 0
