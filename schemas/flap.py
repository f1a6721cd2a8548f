"""A raw move between zones that smoothing folded away: the evidence behind a stay."""

from schemas.column import Column, Table

FLAP = Table(
    "flap",
    "one folded move",
    (
        Column("day", "date", "trading day of the visit"),
        Column("visit_id", "int64", "its visit"),
        Column("from_ap", "word", "AP of the row that gave the zone before the move"),
        Column("to_ap", "word", "AP of the row that made the move"),
        Column("at_ms", "int64", "instant of the move", "ms"),
    ),
    ("visit_id", "at_ms", "from_ap", "to_ap"),
)
