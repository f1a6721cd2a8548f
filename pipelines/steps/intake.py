"""What one trading day takes in while raw files are read: its spill, and a tally of what became of every record."""

import threading
from collections import Counter
from dataclasses import dataclass, field

import pyarrow as pa

from schemas import DEVICE, LEDGER, REJECTED
from schemas.day import Day


@dataclass
class FileTally:
    """What one raw file held; it counts for every day in whose window at least one of its records lies."""

    feed: str
    file: str
    read: int = 0
    rows: int = 0
    rows_in: Counter[Day] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)
    rejects: list[pa.Table] = field(default_factory=list)
    opted_out: Counter[Day] = field(default_factory=Counter)


Outcome = tuple[str, str, str]  # feed, status, reason


class DayTally:
    """The ledger of one day while it grows. Safe to add to from several threads."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.records: Counter[Outcome] = Counter()
        self.rejects: list[pa.Table] = []
        self._lock = threading.Lock()

    def add_file(self, tally: FileTally) -> None:
        """Count a file that has been read to its end, if it touches this day's window."""
        inside = tally.rows_in[self.day]
        if not inside:
            return
        with self._lock:
            self.records[tally.feed, "outside", ""] += tally.rows - inside
            self.rejects += tally.rejects
            for reason, records in tally.ignored.items():
                self.records[tally.feed, "ignored", reason] += records
            for table in tally.rejects:
                for reason in table["reason"].to_pylist():
                    self.records[tally.feed, "rejected", reason] += 1

    def add(self, feed: str, status: str, reason: str, records: int) -> None:
        with self._lock:
            self.records[feed, status, reason] += records

    def ledger(self) -> pa.Table:
        """LEDGER rows in the order of their keys; outcomes without records are left out."""
        rows = sorted((key, records) for key, records in self.records.items() if records)
        return LEDGER.table(
            day=[self.day.date] * len(rows),
            feed=[key[0] for key, _ in rows],
            status=[key[1] for key, _ in rows],
            reason=[key[2] for key, _ in rows],
            records=[records for _, records in rows],
        )

    def rejected(self) -> pa.Table:
        """REJECTED rows by file and line."""
        table = pa.concat_tables([REJECTED.empty(), *self.rejects]).unify_dictionaries()
        return table.sort_by([("file", "ascending"), ("line", "ascending"), ("reason", "ascending")])


def distinct_devices(tables: list[pa.Table]) -> pa.Table:
    """DEVICE rows, one a subject."""
    if not tables:
        return DEVICE.empty()
    grouped = pa.concat_tables(tables).group_by("subject").aggregate([("random", "max")])
    return DEVICE.cast(grouped.rename_columns({"random_max": "random"})).sort_by("subject")
