"""What an audience may ask of a member: the nightly profile, per snapshot day."""

from schemas.column import Column, Table

PROFILE = Table(
    "profile",
    "one consenting member on one snapshot day",
    (
        Column("day", "date", "last trading day counted"),
        Column("member", "text", "who"),
        Column("visits_7", "int32", "visits in the last 7 trading days", low=0),
        Column("visits_30", "int32", "visits in the last 30 trading days", low=0),
        Column("visits_90", "int32", "visits in the last 90 trading days", low=0),
        Column("minutes_7", "int32", "minutes present in the last 7 trading days", "min", low=0),
        Column("minutes_30", "int32", "minutes present in the last 30 trading days", "min", low=0),
        Column("minutes_90", "int32", "minutes present in the last 90 trading days", "min", low=0),
        Column("days_since_seen", "int32", "trading days since the last visit, 0 = on the snapshot day", low=0),
    ),
    ("day", "member"),
)

PROFILE_ZONE = Table(
    "profile_zone",
    "one consenting member's time in one zone",
    (
        Column("day", "date", "last trading day counted"),
        Column("member", "text", "who"),
        Column("site", "word", "site of the zone"),
        Column("zone", "word", "leaf zone"),
        Column("minutes_7", "int32", "minutes there in the last 7 trading days", "min", low=0),
        Column("minutes_30", "int32", "minutes there in the last 30 trading days", "min", low=0),
        Column("minutes_90", "int32", "minutes there in the last 90 trading days", "min", low=0),
        Column("stays_30", "int32", "stays there in the last 30 trading days", low=0),
    ),
    ("day", "member", "zone"),
)
