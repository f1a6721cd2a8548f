"""Who objected: addresses that are dropped when they are read, as numbers under a key that serves nothing else."""

from schemas.column import Column, Table

OPT_OUT = Table(
    "opt_out",
    "one address that must not be stored",
    (
        Column("device", "int64", "the address under the opt-out key", low=0),
        Column("at_ms", "int64", "since when", "ms"),
    ),
    ("device",),
)
