"""Lists of addresses, as numbers under a key that serves nothing else: who objected, which devices are our own."""

from schemas.column import Column, Table

LISTED = Table(
    "listed",
    "one address of a list: that must not be stored, or that is the operator's own",
    (
        Column("device", "int64", "the address under the list's key", low=0),
        Column("at_ms", "int64", "since when", "ms"),
    ),
    ("device",),
)
