"""Where an access point was, from when to when: the registry as the stages see it."""

from schemas.column import Column, Table

BETWEEN = "between"  # the zone of a visit after a leave, until the next row
UNKNOWN = "unknown"  # the zone and the site of an AP that the registry does not know
RESERVED_ZONES = (BETWEEN, UNKNOWN)

_HOLD = "in place of the definition's hold"

PLACE = Table(
    "place",
    "one access point during one validity",
    (
        Column("ap", "word", "access point"),
        Column("from_ms", "int64", "valid from, inclusive", "ms"),
        Column("until_ms", "int64", "valid until, exclusive", "ms"),
        Column("site", "word", "mall or street block"),
        Column("zone", "word", "leaf zone"),
        Column("feed", "word", "the feed that reports this AP; empty if any"),
        Column("hold_joined_ms", "int64", f"{_HOLD} after a join", "ms", nullable=True, low=0),
        Column("hold_seen_ms", "int64", f"{_HOLD} after a sighting", "ms", nullable=True, low=0),
        Column("hold_left_ms", "int64", f"{_HOLD} after a leave", "ms", nullable=True, low=0),
        Column("hold_idle_ms", "int64", f"{_HOLD} after an idle leave", "ms", nullable=True, low=0),
    ),
    ("ap", "from_ms"),
)
