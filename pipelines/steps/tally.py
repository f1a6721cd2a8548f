"""What became of every record, while it is found out: by file, then by day."""

import datetime
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from ingest.reading import Reading
from schemas import LEDGER, REJECTED
from schemas.day import Day

Outcome = tuple[str, str, str]  # feed, status, reason


@dataclass
class FileTally:
    """What a raw file, or a piece of one, held. It counts for every day in whose window one of its records lies.

    A file of rejects alone lies in no day and in any: it counts for each day that it was read for.
    """

    feed: str
    file: str
    read: int = 0
    rows: int = 0
    ignored: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    rejects: list[pa.Table] = field(default_factory=list)
    rows_in: Counter[datetime.date] = field(default_factory=Counter)
    opted_out: Counter[datetime.date] = field(default_factory=Counter)

    @property
    def is_mute(self) -> bool:
        """It has records, and none of them is a sighting."""
        return self.read > 0 and not self.rows

    @property
    def is_unreadable(self) -> bool:
        """Nothing in it could be read: junk, another format or another encoding."""
        return self.rejected.total() > 0 and not self.rows

    def add_reading(self, reading: Reading) -> None:
        self.read += reading.read
        self.rows += reading.at_ms.size
        self.ignored.update(reading.ignored)
        for reject in reading.rejects:
            self._add_reject(reject.reason, reject.line)

    def add_truncated(self, line: int) -> None:
        """The file ends early: the cut line is one record, refused."""
        self.read += 1
        self._add_reject("truncated", np.array([line]))

    def plus(self, other: "FileTally") -> "FileTally":
        """This piece of the file and another."""
        return FileTally(
            self.feed,
            self.file,
            self.read + other.read,
            self.rows + other.rows,
            self.ignored + other.ignored,
            self.rejected + other.rejected,
            self.rejects + other.rejects,
            self.rows_in + other.rows_in,
            self.opted_out + other.opted_out,
        )

    def _add_reject(self, reason: str, lines: np.ndarray) -> None:
        n = lines.size
        self.rejected[reason] += n
        self.rejects.append(REJECTED.table(feed=[self.feed] * n, file=[self.file] * n, line=lines, reason=[reason] * n))


class DayTally:
    """The ledger of one day while it grows."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.read: Counter[str] = Counter()
        self.records: Counter[Outcome] = Counter()
        self._rejects: list[pa.Table] = []

    def add_file(self, tally: FileTally) -> None:
        """Count a file that has been read to its end: if it touches this day, or nothing in it could be read."""
        inside = tally.rows_in[self.day.date]
        if not inside and not tally.is_unreadable:
            return
        feed = tally.feed
        self.read[feed] += tally.read
        self.records[feed, "outside", ""] += tally.rows - inside
        self.records[feed, "opted-out", ""] += tally.opted_out[self.day.date]
        for status, counts in (("ignored", tally.ignored), ("rejected", tally.rejected)):
            for reason, records in counts.items():
                self.records[feed, status, reason] += records
        self._rejects += tally.rejects

    def counts(self) -> dict[str, Any]:
        """Everything counted so far, as JSON takes it."""
        return {"read": self.read, "records": [[*outcome, n] for outcome, n in sorted(self.records.items())]}

    @staticmethod
    def of(day: Day, counts: dict[str, Any], rejected: pa.Table) -> "DayTally":
        """The tally whose `counts` and `rejected` these are."""
        tally = DayTally(day)
        tally.read.update(counts["read"])
        tally.records.update({(feed, status, reason): n for feed, status, reason, n in counts["records"]})
        tally._rejects.append(rejected)
        return tally

    def ledger(self) -> pa.Table:
        """LEDGER, by key; outcomes without records are left out."""
        rows = sorted((outcome, records) for outcome, records in self.records.items() if records)
        return LEDGER.table(
            day=[self.day.date] * len(rows),
            feed=[feed for (feed, _, _), _ in rows],
            status=[status for (_, status, _), _ in rows],
            reason=[reason for (_, _, reason), _ in rows],
            records=[records for _, records in rows],
        )

    def rejected(self) -> pa.Table:
        """REJECTED, by file and line."""
        rows = pa.concat_tables([REJECTED.empty(), *self._rejects]).combine_chunks()
        plain = rows.set_column(1, "file", rows["file"].cast(pa.string()))
        return REJECTED.cast(plain.sort_by([("file", "ascending"), ("line", "ascending")]))
