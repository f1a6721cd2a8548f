"""What each access point reported, hour by hour: the basis of coverage."""

from schemas.column import Column, Table

AP_HOUR = Table(
    "ap_hour",
    "one hour of one access point that reported something",
    (
        Column("day", "date", "trading day"),
        Column("ap", "word", "access point"),
        Column("site", "word", "its site; `unknown` for an unregistered AP"),
        Column("zone", "word", "its zone; `unknown` for an unregistered AP"),
        Column("hour_ms", "int64", "begin of the hour", "ms"),
        Column("sightings", "int64", "rows it reported, repeats not counted", low=1),
    ),
    ("day", "ap", "hour_ms"),
)
