"""What is known of the clocks that stamp lines: how far each was behind, and what is added to its times on a day."""

from schemas.column import Column, Table

# The methods that move a clock's times; the others leave them as they are.
DECLARED, TWO_CLOCKS, ROAM_PAIRS = "declared", "two-clocks", "roam-pairs"
RIGHT, TOO_FEW, UNSTEADY, TOO_FAR = "right", "too-few", "unsteady", "too-far"
AMBIGUOUS, NO_ANCHOR = "ambiguous", "no-anchor"
METHODS = (DECLARED, TWO_CLOCKS, ROAM_PAIRS, RIGHT, TOO_FEW, UNSTEADY, TOO_FAR, AMBIGUOUS, NO_ANCHOR)
NOTHING_KNOWN = (TOO_FEW, AMBIGUOUS, NO_ANCHOR)
SOURCES = ("", TWO_CLOCKS, ROAM_PAIRS)

_FEED = Column("feed", "word", "feed of the lines")
_CLOCK = Column("clock", "word", "controller whose clock it is, as the log names it; empty: the feed's own")

CLOCK_OFFSET = Table(
    "clock_offset",
    "what a clock's times were corrected by on one trading day, frozen when the day began",
    (
        Column("day", "date", "trading day in which the times lie, by what the clock itself shows"),
        _FEED,
        _CLOCK,
        Column("offset_ms", "int64", "what is added to a time at the day's start; 0: nothing", "ms"),
        Column("drift_ppm", "float64", "by how many millionths of the time since the day's start the offset grows"),
        Column(
            "method",
            "word",
            "`declared` in offsets.csv; `two-clocks`: from the day before's lines that two clocks stamped; "
            "`roam-pairs`: from devices that went between this clock's access points and those of a clock that is "
            "known; `right` within a second; left as they are: `too-few` lines, `unsteady` (jumped, or scattered), "
            "`too-far` (a time zone?), `ambiguous` pairs, `no-anchor` (pairs, and no clock among them is known)",
            allowed=METHODS,
        ),
        Column("behind_ms", "int64", "how far the clock is behind at the day's start, by lines", "ms", nullable=True),
        Column("spread_ms", "int64", "median distance of a line from that", "ms", nullable=True),
        Column("samples", "int64", "lines of the day before that two clocks stamped, or pairs", low=0),
        Column("error_ms", "int64", "how far off `behind_ms` may be at the day's start", "ms", nullable=True),
        Column("source", "word", "what `behind_ms` was found from; empty: nothing", allowed=SOURCES),
    ),
    ("day", "feed", "clock"),
)

CLOCK_SAMPLE = Table(
    "clock_sample",
    "the lines of one clock and hour that were received equally long after their time; never stored",
    (
        _CLOCK,
        Column("hour_ms", "int64", "begin of the hour, by the clock itself", "ms"),
        Column("behind_ms", "int64", "received minus stamped, to a tenth of a second", "ms"),
        Column("lines", "int64", "how many", low=1),
    ),
    ("clock", "hour_ms", "behind_ms"),
)

CLOCK_EVENT = Table(
    "clock_event",
    "a join or a leave by the clock that stamped it, under a key of one day's pairs; in memory only",
    (
        Column("subject", "int64", "pseudonym of the device, the same in all feeds"),
        Column("draw", "int64", "which devices go first where there are too many"),
        Column("at_ms", "int64", "as stamped", "ms"),
        _FEED,
        _CLOCK,
        Column("ap", "word", "access point"),
        Column("kind", "int8", "joined or left"),
    ),
    ("subject", "at_ms", "feed", "clock", "ap", "kind"),
)

CLOCK_PAIR = Table(
    "clock_pair",
    "how often something by one clock came so long before something by another; never stored",
    (
        _FEED,
        _CLOCK,
        Column("other_feed", "word", "feed of the other"),
        Column("other_clock", "word", "clock of the other"),
        Column(
            "way", "word", "`roam`: left here, joined there; `same`: one join, told twice", allowed=("roam", "same")
        ),
        Column("hour_ms", "int64", "begin of the hour, by the clock itself", "ms"),
        Column("ahead_ms", "int64", "the other's time minus this one's, to a tenth of a second", "ms"),
        Column("pairs", "int64", "how many", low=1),
    ),
    ("feed", "clock", "other_feed", "other_clock", "way", "hour_ms", "ahead_ms"),
)
