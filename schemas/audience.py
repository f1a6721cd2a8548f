"""Who is in an audience, and the rows of an export made from it or from a campaign's triggers."""

from schemas.column import Column, Table

AUDIENCE_MEMBER = Table(
    "audience_member",
    "one member of one audience",
    (
        Column("day", "date", "snapshot day of the profile"),
        Column("audience", "word", "the audience's name"),
        Column("member", "text", "who"),
        Column("hold_out", "bool", "kept back as control: in no export"),
    ),
    ("day", "audience", "member"),
)

EXPORT_ROW = Table(
    "export_row",
    "one contact of one export",
    (
        Column("contact", "text", "the member where that merchant may know, else a token of this merchant and export"),
        Column("is_token", "bool", "the contact goes through the district"),
        Column("campaign", "word", "campaign or audience"),
        Column("site", "word", "where it triggered; empty for an audience", nullable=True),
        Column("zone", "word", "where it triggered; empty for an audience", nullable=True),
        Column("at_ms", "int64", "when it triggered; null for an audience", "ms", nullable=True),
    ),
    ("contact", "campaign", "at_ms"),
)

EXPORT_TOKEN = Table(
    "export_token",
    "whom one token of one export names: for the district alone, never beside the merchant's file",
    (
        Column("token", "text", "the contact in the export"),
        Column("member", "text", "who"),
    ),
    ("token",),
)
