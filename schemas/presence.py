"""Where a subject is, as it arrives and unsmoothed: what triggers and the live board consume."""

from schemas.column import Column, Table

ENTERED, LEFT_ZONE, THERE = "entered", "left", "there"

PRESENCE = Table(
    "presence",
    "one change of, or one sign of, a subject's presence in a zone",
    (
        Column("at_ms", "int64", "instant of the row behind it", "ms"),
        Column("subject", "int64", "pseudonym of the device"),
        Column("event", "word", "entered a zone, left it, or is still there", allowed=(ENTERED, LEFT_ZONE, THERE)),
        Column("site", "word", "site of the zone"),
        Column("zone", "word", "leaf zone"),
        Column("until_ms", "int64", "without a further row the presence holds up to here, inclusive", "ms"),
        Column("visit_start_ms", "int64", "start of the visit it belongs to", "ms"),
    ),
    ("subject", "at_ms", "event"),
)
