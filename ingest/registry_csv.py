"""The rows of aps.csv, zones.csv, merchants.csv and offsets.csv, cell by cell: what one row says wrongly is found here.

What rows say wrongly together (overlaps, unknown zones) is found in `ingest.registry`. No BSSID is ever in a fault.
"""

import csv
import datetime
import io
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from ingest.bssids import Span, span_of_text
from ingest.correction import DeclaredOffset
from ingest.mac_text import mac_of_text
from schemas.place import RESERVED_ZONES

_MOST_OFFSET_S = 86_400

Rectangle = tuple[float | None, ...]  # x, y, width, height in m


@dataclass
class Faults:
    """What is wrong with the files, in the order found."""

    lines: list[str] = field(default_factory=list)

    def add(self, file: str, line: int, what: str) -> None:
        self.lines.append(f"{file} line {line}: {what}")


@dataclass(frozen=True)
class AccessPoint:
    """One row of aps.csv; None: open to that side."""

    line: int
    ap: str
    bssids: tuple[Span, ...]
    zone: str
    from_ms: int | None
    until_ms: int | None
    feed: str


@dataclass(frozen=True)
class ZoneRow:
    """One row of zones.csv."""

    line: int
    zone: str
    name: str
    site: str
    floor: str
    kind: str
    rectangle: Rectangle


@dataclass(frozen=True)
class Tenancy:
    """One row of merchants.csv."""

    line: int
    merchant: str
    name: str
    zone: str
    from_ms: int | None
    until_ms: int | None


def read_access_points(data: bytes, time_zone: str, faults: Faults) -> list[AccessPoint]:
    """The rows of aps.csv; several BSSIDs, or ranges of them, in one cell are separated by spaces."""
    points = []
    for row in _rows("aps.csv", data, ("ap", "zone"), faults):
        if mac_of_text(row["ap"]) is not None and not row["ap"].isalnum():
            row.fault("ap is a MAC address; give it a name, and write the address into bssid")
            continue
        span = row.span(time_zone)
        points.append(AccessPoint(row.line, row["ap"], row.bssids(), row["zone"], *span, row["feed"]))
    return points


def read_zones(data: bytes, faults: Faults) -> list[ZoneRow]:
    """The rows of zones.csv; a zone stands there once."""
    zones: dict[str, ZoneRow] = {}
    for row in _rows("zones.csv", data, ("zone", "site"), faults):
        zone = row["zone"]
        for name in ("zone", "site"):
            if row[name] in RESERVED_ZONES:
                row.fault(f'"{row[name]}" is a reserved word; take another {name} name')
        if zone in zones:
            row.fault(f'zone "{zone}" stands already in line {zones[zone].line}')
            continue
        rectangle = tuple(row.metres(name) for name in ("x_m", "y_m", "width_m", "height_m"))
        zones[zone] = ZoneRow(row.line, zone, row["name"] or zone, row["site"], row["floor"], row["kind"], rectangle)
    return list(zones.values())


def read_merchants(data: bytes, time_zone: str, faults: Faults) -> list[Tenancy]:
    """The rows of merchants.csv; a merchant bears one name."""
    names: dict[str, str] = {}
    tenancies = []
    for row in _rows("merchants.csv", data, ("merchant", "zone"), faults):
        name = row["name"] or row["merchant"]
        if names.setdefault(row["merchant"], name) != name:
            row.fault(f'merchant "{row["merchant"]}" bears another name above')
        tenancies.append(Tenancy(row.line, row["merchant"], name, row["zone"], *row.span(time_zone)))
    return tenancies


def read_offsets(data: bytes, feeds: Collection[str], faults: Faults) -> list[DeclaredOffset]:
    """The rows of offsets.csv: feed, clock (empty: the feed's own), from (a trading day), offset_s."""
    found: dict[tuple[str, str, datetime.date], DeclaredOffset] = {}
    for row in _rows("offsets.csv", data, ("feed", "from", "offset_s"), faults):
        since, seconds = row.date("from"), row.seconds("offset_s")
        if row["feed"] not in feeds:
            row.fault(f'feed "{row["feed"]}" is not in district.toml')
        elif since is not None and seconds is not None:
            one = DeclaredOffset(row["feed"], row["clock"], since, round(seconds * 1000))
            if found.setdefault((one.feed, one.clock, one.since), one) is not one:
                row.fault(f"{one.feed} {one.clock} from {one.since} stands there already")
    return list(found.values())


@dataclass(frozen=True)
class _Row:
    """One record: cells by column name, empty where the file has no such column."""

    file: str
    line: int
    cells: dict[str, str]
    faults: Faults

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def fault(self, what: str) -> None:
        self.faults.add(self.file, self.line, what)

    def bssids(self) -> tuple[Span, ...]:
        found = [span_of_text(text) for text in self["bssid"].split()]
        if None in found:
            cure = "write aa:bb:cc:dd:ee:f0, ...:f0-aa:bb:cc:dd:ee:ff or ...:f0/44"
            self.fault(f"bssid is no MAC address and no range of at most 4,096; {cure}")
        return tuple(span for span in found if span is not None)

    def span(self, time_zone: str) -> tuple[int | None, int | None]:
        """valid_from, valid_until as UTC ms."""
        start, end = self._instant("valid_from", time_zone), self._instant("valid_until", time_zone)
        if start is not None and end is not None and end <= start:
            self.fault("valid_until is not after valid_from")
            return start, None
        return start, end

    def _instant(self, column: str, time_zone: str) -> int | None:
        if not self[column]:
            return None
        try:
            at = datetime.datetime.fromisoformat(self[column])
        except ValueError:
            self.fault(f'{column} "{self[column]}" is no date; write 2026-11-21 or 2026-11-21 09:00')
            return None
        local = at if at.tzinfo else at.replace(tzinfo=ZoneInfo(time_zone))
        return round(local.timestamp() * 1000)

    def date(self, column: str) -> datetime.date | None:
        try:
            return datetime.date.fromisoformat(self[column])
        except ValueError:
            self.fault(f'{column} "{self[column]}" is no date; write 2026-11-21')
            return None

    def seconds(self, column: str) -> float | None:
        try:
            value = float(self[column])
        except ValueError:
            value = math.nan
        if not abs(value) <= _MOST_OFFSET_S:
            self.fault(f"{column} is no number of seconds within a day")
            return None
        return value

    def metres(self, column: str) -> float | None:
        if not self[column]:
            return None
        try:
            value = float(self[column])
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or (value < 0 and column in ("width_m", "height_m")):
            self.fault(f"{column} is no length in metres")
            return None
        return value


def _rows(file: str, data: bytes, required: tuple[str, ...], faults: Faults) -> Iterator[_Row]:
    """The records whose required cells are filled; the rest become faults."""
    known = len(faults.lines)
    records = list(_records(file, data, faults))
    if not records and len(faults.lines) > known:
        return
    header = [name.lower() for name in records[0][1]] if records else []
    missing = [name for name in required if name not in header]
    if missing:
        faults.add(file, 1, f"column {', '.join(missing)} is missing")
        return
    for line, cells in records[1:]:
        row = _Row(file, line, dict(zip(header, cells, strict=False)), faults)
        if _is_whole(row, len(cells), len(header), required):
            yield row


def _records(file: str, data: bytes, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each record that says something; what is no csv in UTF-8 is a fault."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.add(file, data.count(b"\n", 0, error.start) + 1, "is not UTF-8; save the file as UTF-8")
        return
    records = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for record in records:
            cells = [cell.strip() for cell in record]
            if any(cells):
                yield records.line_num, cells
    except csv.Error as error:
        faults.add(file, records.line_num, f"is no csv: {error}")


def _is_whole(row: _Row, cells: int, columns: int, required: tuple[str, ...]) -> bool:
    empty = [name for name in required if not row[name]]
    if cells > columns:
        row.fault(f"has {cells} cells under {columns} columns; quote a cell that holds a comma")
    elif empty:
        row.fault(f"{', '.join(empty)} is empty")
    return cells <= columns and not empty
