"""An event of a place that may make a send."""

from schemas.column import Column, Table

EVENTS = ("enter", "stay")

TRIGGER = Table(
    "trigger",
    "one firing of one campaign for one subject",
    (
        Column("campaign", "word", "the campaign"),
        Column("merchant", "word", "whose campaign it is"),
        Column("event", "word", "what fired", allowed=EVENTS),
        Column("subject", "int64", "the member's device (< 0)", high=-1),
        Column("site", "word", "site where it fired"),
        Column("zone", "word", "zone where it fired"),
        Column("at_ms", "int64", "the instant: of entering, or entering + N", "ms"),
        Column("visit_start_ms", "int64", "start of the visit in which it fired", "ms"),
    ),
    ("campaign", "subject", "visit_start_ms", "site", "zone"),
)
