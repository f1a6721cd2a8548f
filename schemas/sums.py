"""What a day's visits come to, written with them and moved by the same switch: profiles and reports of periods read it.

Sums alone, of one day each: a restated day writes its own anew and no other. Nothing here links two days of a stranger,
and nothing names a member: whose device it is is asked when a profile is made. What is erased from visits and stays has
to leave the rows of its device here, too.
"""

from schemas.column import Column, Table
from schemas.zone_hour import LEVELS

ENGAGEMENTS = ("bounce", "engaged", "fully-engaged")

DEVICE_DAY = Table(
    "device_day",
    "one trading day of one member device that was here, visits flagged `static` or `staff` left out",
    (
        Column("day", "date", "trading day"),
        Column("subject", "int64", "the member's device (< 0)", high=-1),
        Column("visits", "int32", "its visits; those that overlap or touch are one", low=1),
        Column("presence_ms", "int64", "their time, summed", "ms", low=0),
        Column("first_ms", "int64", "start of the first visit", "ms"),
        Column("last_ms", "int64", "start of the last visit", "ms"),
        Column("until_ms", "int64", "latest end of a visit", "ms"),
    ),
    ("day", "subject"),
)

DEVICE_ZONE_DAY = Table(
    "device_zone_day",
    "one trading day of one member device in one zone, of the visits that `device_day` counts",
    (
        Column("day", "date", "trading day"),
        Column("subject", "int64", "the member's device (< 0)", high=-1),
        Column("site", "word", "site of the zone"),
        Column("zone", "word", "leaf zone; `unknown` for an unregistered AP"),
        Column("stays", "int32", "its stays there; those that touch are one", low=1),
        Column("presence_ms", "int64", "their time, summed", "ms", low=0),
        Column("first_ms", "int64", "start of the device's first visit of the day, wherever", "ms"),
        Column("last_ms", "int64", "start of its last one", "ms"),
    ),
    ("day", "subject", "site", "zone"),
)

PLACE_DAY = Table(
    "place_day",
    "one trading day of the district, a site or a zone, of the visits that make a visitor",
    (
        Column("day", "date", "trading day"),
        Column("level", "word", "what the row is about", allowed=LEVELS),
        Column("site", "word", "site; empty for the district"),
        Column("zone", "word", "zone; empty for site and district"),
        Column("visitors", "int32", "distinct devices of the day", low=0),
        Column("visits", "int32", "visits with a stay there; of the district, all", low=0),
        Column("stays", "int32", "stays at known places", low=0),
        Column("presence_ms", "int64", "time in those stays; of the district, dwell of the visits", "ms", low=0),
        Column("limits", "word", "the limits of the definition by which the day's sums were counted"),
    ),
    ("day", "level", "site", "zone"),
)

DWELL_DAY = Table(
    "dwell_day",
    "one trading day's visits of one dwell band, those flagged `static` or `staff` left out",
    (
        Column("day", "date", "trading day"),
        Column("band", "word", "limits of the band in minutes: `5-15`, `120+`"),
        Column("engagement", "word", "what the definition calls them", allowed=ENGAGEMENTS),
        Column("counted", "bool", "long enough to make a visitor"),
        Column("visits", "int32", "how many", low=1),
        Column("visitors", "int32", "distinct devices of the day", low=1),
    ),
    ("day", "band", "engagement", "counted"),
)

MOVE_DAY = Table(
    "move_day",
    "one trading day's moves from one site straight to another, of the visits that make a visitor",
    (
        Column("day", "date", "trading day"),
        Column("from_site", "word", "site left"),
        Column("to_site", "word", "site entered next"),
        Column("moves", "int32", "how often", low=1),
        Column("visitors", "int32", "distinct devices of the day that did", low=1),
    ),
    ("day", "from_site", "to_site"),
)
