"""The leaf zones of a district: their site, their place on the plan, and which merchant owned them when."""

from schemas.column import Column, Table

ZONE = Table(
    "zone",
    "one leaf zone",
    (
        Column("zone", "word", "leaf zone"),
        Column("name", "text", "as people call it"),
        Column("site", "word", "mall or street block"),
        Column("floor", "word", "floor of the site; empty if it has one"),
        Column("kind", "word", "shop, street, food, hall, ..."),
        Column("x_m", "float64", "left edge on the district plan", "m", nullable=True),
        Column("y_m", "float64", "lower edge on the district plan", "m", nullable=True),
        Column("width_m", "float64", "width on the district plan", "m", nullable=True, low=0),
        Column("height_m", "float64", "height on the district plan", "m", nullable=True, low=0),
    ),
    ("zone",),
)

MERCHANT = Table(
    "merchant",
    "one merchant's ownership of one zone",
    (
        Column("merchant", "word", "the district's name for the merchant"),
        Column("name", "text", "as people call it"),
        Column("zone", "word", "leaf zone"),
        Column("from_ms", "int64", "owned from, inclusive", "ms"),
        Column("until_ms", "int64", "owned until, exclusive", "ms"),
    ),
    ("merchant", "zone", "from_ms"),
)
