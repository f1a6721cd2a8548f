"""A controller began anew, or went down, and with it every link at its access points. It names no device."""

from schemas.column import Column, Table

RESTART = Table(
    "restart",
    "an access point's controller began anew: whoever was linked there is no longer",
    (
        Column("ap", "word", "the access point, as sightings name it"),
        Column("at_ms", "int64", "when", "ms"),
    ),
    ("ap", "at_ms"),
)
