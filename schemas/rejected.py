"""A line that could not be read: reason and position, never its text (it holds addresses)."""

from schemas.column import Column, Table

REASONS = (
    "bad-time",
    "bad-address",
    "no-address",
    "bad-json",
    "bad-signal",
    "bad-kind",
    "bad-encoding",
    "missing-field",
    "no-ap",
    "line-too-long",
    "truncated",
    "not-the-format",
)

REJECTED = Table(
    "rejected",
    "one line, or one record of a line, that was refused",
    (
        Column("feed", "word", "its feed"),
        Column("file", "word", "its raw file, relative to the raw folder"),
        Column("line", "int64", "its line, from 1", low=1),
        Column("reason", "word", "why", allowed=REASONS),
    ),
    ("file", "line", "reason"),
)
