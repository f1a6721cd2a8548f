"""A visit's time in one zone. The stays of a visit tile it exactly."""

from schemas.column import Column, Table

STAY = Table(
    "stay",
    "a visit's unbroken time in one zone",
    (
        Column("day", "date", "trading day of the visit"),
        Column("visit_id", "int64", "its visit"),
        Column("ordinal", "int32", "place in the visit's path, from 0", low=0),
        Column("site", "word", "site of the zone; empty for `between`"),
        Column("zone", "word", "leaf zone; `between` after a leave, `unknown` for an unregistered AP"),
        Column("subject", "int64", "subject of the visit"),
        Column("from_ms", "int64", "begins, inclusive", "ms"),
        Column("to_ms", "int64", "ends, exclusive; the next stay's begin", "ms"),
    ),
    ("visit_id", "ordinal"),
)
