"""People who agreed: their logins, devices and consents. Nothing here holds a day's pseudonym."""

from schemas.column import Column, Table

MEMBER = Table(
    "member",
    "one person who joined the district's programme",
    (
        Column("member", "text", "the district's number for the person; no name, no phone number, no e-mail address"),
        Column("joined_ms", "int64", "when the person joined", "ms"),
    ),
    ("member",),
)

CONSENT = Table(
    "consent",
    "one consent of one member, from an instant to its withdrawal",
    (
        Column("member", "text", "who"),
        Column("purpose", "word", "what for", allowed=("location", "contact", "merchant")),
        Column("merchant", "word", "to which merchant (purpose `merchant`); empty: to the district"),
        Column("given_ms", "int64", "given at, inclusive", "ms"),
        Column("withdrawn_ms", "int64", "withdrawn at, exclusive; null: in force", "ms", nullable=True),
    ),
    ("member", "purpose", "merchant", "given_ms"),
)

LOGIN = Table(
    "login",
    "one portal login that names a member",
    (
        Column("at_ms", "int64", "when", "ms"),
        Column("device", "int64", "the device under the members' key (< 0)", high=-1),
        Column("member", "text", "who"),
    ),
    ("at_ms", "device"),
)

MEMBER_DEVICE = Table(
    "member_device",
    "one device of one member and when its sightings are the member's",
    (
        Column("device", "int64", "the device under the members' key (< 0)", high=-1),
        Column("member", "text", "who"),
        Column("from_ms", "int64", "first instant, inclusive: the login, or the consent if that came later", "ms"),
        Column("until_ms", "int64", "end, exclusive: N days after the last login, or the withdrawal if earlier", "ms"),
    ),
    ("device", "from_ms"),
)
