"""One device heard or associated at one access point at one instant: what ingest makes and sessionize walks."""

from schemas.column import Column, Table

# Codes of `kind`, in the order in which rows of one instant and AP are walked: leaves first (log seconds are coarse).
LEFT, IDLE, JOINED, SEEN = range(4)
KIND_NAMES = ("left", "idle", "joined", "seen")

# Codes of `time_quality`.
STAMPED, CHECKED, CORRECTED = range(3)

_COLUMNS = (
    Column("at_ms", "int64", "corrected event time", "ms"),
    Column(
        "subject", "int64", "pseudonym of the device: a day's (>= 0) or, from its consent on, a member device's (< 0)"
    ),
    Column("ap", "word", "access point, by its name in the registry; an unknown one as the log names it"),
    Column("kind", "int8", "0 left, 1 idle (left because silent), 2 joined, 3 seen", low=0, high=3),
    Column("signal_dbm", "int16", "signal as the AP heard it", "dBm", nullable=True, low=-128, high=20),
    Column("feed", "word", "the feed of the line"),
    Column("file", "word", "the raw file of the line, relative to the raw folder; a tar member as archive!member"),
    Column("line", "int64", "its line in the file, from 1 (Parquet: its row)", low=1),
    Column(
        "time_quality",
        "int8",
        "0 as the source stamped it, nothing is known of its clock; 1 that clock was found right within a second; "
        "2 corrected by clock_offset",
        low=0,
        high=2,
    ),
)

SIGHTING = Table(
    "sighting", "one device at one access point at one instant", _COLUMNS, ("subject", "at_ms", "ap", "kind")
)

# What a day publishes: only the rows that belong to a visit that starts in it.
PUBLISHED = Table(
    "sighting",
    "one sighting that counts in a visit of the day",
    (
        *_COLUMNS,
        Column("visit_id", "int64", "the visit in which it counts"),
        Column("site", "word", "site of the AP at that instant"),
        Column("zone", "word", "zone of the AP at that instant; `unknown` for an AP that the registry lacks"),
    ),
    ("visit_id", "at_ms", "ap", "kind"),
)
