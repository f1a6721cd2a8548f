"""One unbroken presence of one subject in one scope."""

from schemas.column import Column, Table

VISIT = Table(
    "visit",
    "one unbroken presence of one subject in its scope (district or site)",
    (
        Column("day", "date", "trading day in which it starts"),
        Column("visit_id", "int64", "63 bits of blake2b over (definition, district, site, day, subject, start)", low=0),
        Column("site", "word", "site of the visit in scope site; empty in scope district"),
        Column("subject", "int64", "pseudonym of the device: a day's (>= 0) or a member device's (< 0)"),
        Column("start_ms", "int64", "first row that counts", "ms"),
        Column("end_ms", "int64", "last row that counts; dwell is end - start, 0 for a lone row", "ms"),
        Column("sightings", "int32", "rows that count", low=1),
        Column("stays", "int32", "stays that tile it, after flap smoothing", low=1),
        Column("random", "bool", "the address was a random (locally administered) MAC; null: no MAC", nullable=True),
        Column("bounce", "bool", "shorter than the definition's engaged minimum"),
        Column("static", "bool", "longer than `longest`: a device that lives here"),
        Column("staff", "bool", "of a device that was there over a working shift of the day"),
        Column("cut", "bool", "something after the day's tail could still have changed it"),
        Column(
            "uncovered",
            "bool",
            "an hour in which an access point where it was usually speaks and did not could have changed it; null: not "
            "known, in a stream",
            nullable=True,
        ),
    ),
    ("visit_id",),
)
