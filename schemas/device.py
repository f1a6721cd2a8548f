"""The distinct subjects of a batch and what their addresses tell without naming them."""

from schemas.column import Column, Table

DEVICE = Table(
    "device",
    "one subject of a batch",
    (
        Column("subject", "int64", "pseudonym"),
        Column(
            "random", "bool", "locally administered MAC (IEEE 802-2014 8.4); null: the address is no MAC", nullable=True
        ),
    ),
    ("subject",),
)
