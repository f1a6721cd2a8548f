"""What is known of the clocks that stamp lines: how far each was behind, and what is added to its times on a day."""

from schemas.column import Column, Table

# The methods that move a clock's times; the others leave them as they are.
DECLARED, TWO_CLOCKS = "declared", "two-clocks"
RIGHT, TOO_FEW, UNSTEADY, TOO_FAR = "right", "too-few", "unsteady", "too-far"
METHODS = (DECLARED, TWO_CLOCKS, RIGHT, TOO_FEW, UNSTEADY, TOO_FAR)

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
            "`declared` in offsets.csv; `two-clocks`: from the day before's lines that two clocks stamped; `right` "
            "within a second; left as they are: `too-few` lines, `unsteady` (jumped, or scattered), `too-far` (a time "
            "zone?)",
            allowed=METHODS,
        ),
        Column("behind_ms", "int64", "how far the clock is behind at the day's start, by lines", "ms", nullable=True),
        Column("spread_ms", "int64", "median distance of a line from that", "ms", nullable=True),
        Column("samples", "int64", "lines of the day before that two clocks stamped", low=0),
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
