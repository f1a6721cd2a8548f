"""Forms of lines that were not understood: samples without anything that names a device or a person."""

from schemas.column import Column, Table

LINE_SHAPE = Table(
    "line_shape",
    "one form of line of one feed that was refused, or whose message is not known",
    (
        Column("day", "date", "trading day of the job"),
        Column("feed", "word", "feed of the lines"),
        Column("status", "word", "how they ended", allowed=("ignored", "rejected")),
        Column("reason", "word", "why"),
        Column("shape", "text", "words of protocols and punctuation; ~ stands for any other word, 0 for a number"),
        Column("sampled", "int64", "lines of this form among those looked at: a few of each piece of a file", low=1),
    ),
    ("day", "feed", "status", "reason", "shape"),
)
