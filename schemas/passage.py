"""Who passed a place and who came in, by hour and over the day: the basis of the capture rate."""

from schemas.column import Column, Table
from schemas.zone_hour import LEVELS

HOUR, DAY = "hour", "day"
SPANS = (HOUR, DAY)

PASSAGE = Table(
    "passage",
    "one hour, or the whole day, of one place; static devices and staff are in none of its counts",
    (
        Column("day", "date", "trading day"),
        Column("level", "word", "what the row is about", allowed=LEVELS),
        Column("site", "word", "site; empty for the district"),
        Column("zone", "word", "zone; empty for site and district"),
        Column("span", "word", "how long", allowed=SPANS),
        Column("hour_ms", "int64", "begin of the hour, or of the day", "ms"),
        Column("passers_by", "int32", "distinct subjects heard or present there, those who came in among them", low=0),
        Column("visitors", "int32", "those present there of whom a visit spent the minimum there", low=0),
        Column("connected", "int32", "those who joined there, or were told to be joined", low=0),
    ),
    ("day", "level", "site", "zone", "span", "hour_ms"),
)
