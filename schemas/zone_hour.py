"""Presence inside the trading day by hour, for zones, sites and the district; visits begun the day before count."""

from schemas.column import Column, Table

LEVELS = ("zone", "site", "district")

ZONE_HOUR = Table(
    "zone_hour",
    "one hour of one place",
    (
        Column("day", "date", "trading day"),
        Column("level", "word", "what the row is about", allowed=LEVELS),
        Column("site", "word", "site; empty for the district"),
        Column("zone", "word", "zone; empty for site and district"),
        Column("hour_ms", "int64", "begin of the hour", "ms"),
        Column("devices", "int32", "distinct subjects present at any instant of the hour", low=0),
        Column("presence_ms", "int64", "their time there, summed", "ms", low=0),
        Column("peak", "int32", "most subjects there in one minute of the hour", low=0),
    ),
    ("day", "level", "site", "zone", "hour_ms"),
)
