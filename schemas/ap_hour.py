"""What each access point reported, hour by hour, and whether it usually does: the basis of coverage."""

from schemas.column import Column, Table

AP_HOUR = Table(
    "ap_hour",
    "one hour of one access point that gave a sign of life in it, or usually does",
    (
        Column("day", "date", "trading day"),
        Column("ap", "word", "access point"),
        Column("site", "word", "its site; `unknown` for an unregistered AP"),
        Column("zone", "word", "its zone; `unknown` for an unregistered AP"),
        Column("hour_ms", "int64", "begin of the hour", "ms"),
        Column("sightings", "int64", "rows it reported, repeats not counted", low=0),
        Column("heartbeat", "bool", "a record that names no device proves it alive: a restart, another message"),
        Column("expected", "bool", "it usually speaks in this hour; null: not known", nullable=True),
    ),
    ("day", "ap", "hour_ms"),
)

LIFE_SIGN = Table(
    "life_sign",
    "one hour in which a record that names no device proves an access point alive; never stored",
    (
        Column("ap", "word", "the access point, by its name in the registry"),
        Column("hour_ms", "int64", "begin of the hour of the trading day", "ms"),
    ),
    ("ap", "hour_ms"),
)

USUAL_HOUR = Table(
    "usual_hour",
    "how often an access point spoke in one hour of the clock on the days before one day; frozen, in OUT/usual/",
    (
        Column("ap", "word", "access point, by its name in the registry"),
        Column("hour", "int32", "hour of the local clock", low=0, high=23),
        Column("spoke", "int32", "days on which it spoke in that hour", low=1),
        Column("days", "int32", "days on which it spoke at all", low=1),
    ),
    ("ap", "hour"),
)
