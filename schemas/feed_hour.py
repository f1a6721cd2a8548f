"""What became of a feed's records hour by hour: what the gate compares with the feed's own history.

Only hours of the day itself are here, so these do not add up to the ledger, which counts whole files.
"""

from schemas.column import Column, Table
from schemas.ledger import STATUSES

FEED_HOUR = Table(
    "feed_hour",
    "the records of one feed and one hour of the day that ended the same way",
    (
        Column("day", "date", "trading day of the job"),
        Column("feed", "word", "feed of the records"),
        Column("hour_ms", "int64", "begin of the hour; a record without a time counts with the row before it", "ms"),
        Column("status", "word", "how they ended", allowed=STATUSES),
        Column("reason", "word", "why, where a status has several reasons; empty else"),
        Column("records", "int64", "how many", low=1),
    ),
    ("day", "feed", "hour_ms", "status", "reason"),
)
