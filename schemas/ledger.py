"""What became of every record that a day's job read. The counts of a feed add up to what was read."""

from schemas.column import Column, Table

STATUSES = (
    "kept",
    "other-day",
    "repeat",
    "ignored",
    "rejected",
    "outside",
    "late",
    "too-late",
    "opted-out",
    "own-device",
)

LEDGER = Table(
    "ledger",
    "the records of one feed that ended the same way",
    (
        Column("day", "date", "trading day of the job"),
        Column("feed", "word", "feed of the records"),
        Column("status", "word", "how they ended", allowed=STATUSES),
        Column("reason", "word", "why, where a status has several reasons; empty else"),
        Column("records", "int64", "how many", low=0),
    ),
    ("day", "feed", "status", "reason"),
)
