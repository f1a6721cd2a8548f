"""In which hours a raw file has rows: how a run knows which days a file touches without reading it again."""

from schemas.column import Column, Table

RAW_HOUR = Table(
    "raw_hour",
    "one hour of one raw file; a file without a row has one line, without an hour",
    (
        Column("feed", "word", "feed that reads the file"),
        Column("file", "word", "the file below the raw folder"),
        Column("bytes", "int64", "its size when it was read", low=0),
        Column("written_ns", "int64", "when it was last written, by its file system; ns since 1970"),
        Column("rewritten_ns", "int64", "the same at the last change that was not mere growth; 0: none"),
        Column("settings", "word", "digest of what its lines were read by: the feed's settings, offsets.csv"),
        Column("part", "word", "the file, or the member of an archive that holds the rows"),
        Column("hour_ms", "int64", "begin of the hour, by corrected clocks", "ms", nullable=True),
        Column("rows", "int64", "rows, restarts and signs of life in the hour", low=0),
        Column("offset_ms", "int64", "sum of their times since the begin of the hour", "ms", low=0),
        Column("last_line", "int64", "the last line of the part that gave a row", low=0),
    ),
    ("feed", "file", "part", "hour_ms"),
)
