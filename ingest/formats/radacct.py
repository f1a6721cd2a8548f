"""Rows of the SQL table `radacct`, as CSV with a header or as JSON Lines; FreeRADIUS's own column names.

    one row, one session:   joined at acctstarttime
                            joined at acctupdatetime, where it is still open: connected until then
                            left at acctstoptime; for Idle-Timeout idle, `idle` earlier

Each of these is a record. Times are in the database's zone, the feed's. Who: callingstationid. Where, by `ap_is`:
calledstationid without the network's name; nasidentifier, else nasipaddress. `username` is a login, unless it is an
address. What a database writes for nothing (empty, NULL, \\N, a time of the year 0) is nothing. A session exported
again as it grew gives its first row again: a repeat. Counters of bytes are not read.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.accounting import access_points, accounts, chosen, either, end_kinds, ends_ms, twice
from ingest.arrow_spans import nothing, spans_of
from ingest.feed import Feed
from ingest.formats.csv import fields_of, titles_of
from ingest.json_rows import rows_of
from ingest.mapping import Civil, judge, macs, no_signals, utc_times
from ingest.reading import KEPT, LONGEST_LINE, NO_MAC, Reading, Records, passed_over, refused, settled
from ingest.scan import Spans, lines_of
from ingest.stamps import times_of
from ingest.words import words_of
from ingest.zone_names import check_zones
from schemas.sighting import JOINED, SEEN

START, UPDATE, STOP = "acctstarttime", "acctupdatetime", "acctstoptime"
NEEDED = (START, STOP, "callingstationid", "calledstationid")
COLUMNS = (*NEEDED, UPDATE, "nasidentifier", "nasipaddress", "username", "acctterminatecause")
SCHEMA = pa.schema([(name, pa.string()) for name in COLUMNS])
_NOTHING = ("NULL", "null", "\\N")
_YEAR_0 = "0000-"

Int64s = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Verdicts = npt.NDArray[np.int8]


@dataclass(frozen=True)
class RadacctParser:
    """`places`: of each column that a CSV file has, its place; None for JSON Lines, empty where the header is wrong."""

    feed: Feed
    places: dict[str, int] | None

    @classmethod
    def of(cls, head: bytes, feed: Feed) -> "RadacctParser":
        check_zones(feed)
        return cls(feed, None if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{") else _places(head))

    def parse(self, chunk: bytes, first_line: int, near_ms: int) -> Reading:
        """The Reading of a chunk, a session a line. `near_ms` is not needed."""
        lines = lines_of(chunk, first_line)
        n = lines.start.size
        verdict = np.zeros(n, np.int8)
        if self.places is None:
            columns = _json_columns(lines, verdict)
        else:
            columns = dict.fromkeys(COLUMNS, nothing(n))
            columns |= fields_of(lines, b'"' in chunk, ",", self.places, verdict)
            if not self.places:
                verdict[verdict == KEPT] = refused("not-the-format")
            elif first_line == 1 and n:
                verdict[0] = passed_over("header")
        said = {name: _said(spans) for name, spans in columns.items()}
        if n and not chunk.endswith(b"\n") and verdict[-1] > KEPT:
            verdict[-1] = refused("truncated")
        return settled(_sessions(self.feed, said, verdict, np.arange(first_line, first_line + n)))


def _places(head: bytes) -> dict[str, int]:
    titles = [title.lower() for title in titles_of(head, ",") or []]
    places = {name: titles.index(name) for name in COLUMNS if name in titles}
    return places if set(NEEDED) <= places.keys() else {}


def _json_columns(lines: Spans, verdict: Verdicts) -> dict[str, Spans]:
    table, rows = rows_of(lines, verdict, SCHEMA, LONGEST_LINE)
    columns = {}
    for name in COLUMNS:
        found, spread = spans_of(table[name]), nothing(verdict.size)
        spread.start[rows], spread.stop[rows] = found.start, found.stop
        columns[name] = Spans(found.buf, spread.start, spread.stop)
    return columns


def _said(spans: Spans) -> Spans:
    """The column without what a database writes for nothing."""
    words = words_of(spans)
    is_said = [text not in _NOTHING and not text.startswith(_YEAR_0) for text in words.values.to_pylist()]
    said = np.append(np.array(is_said, np.bool_), False)
    return Spans(spans.buf, spans.start, np.where(said[words.codes], spans.stop, spans.start))


def _sessions(feed: Feed, columns: dict[str, Spans], verdict: Verdicts, line: Int64s) -> Records:
    """A record for the beginning of each session, and one for its end or for when it was last there."""
    mac = macs(columns["callingstationid"], verdict)
    judge(verdict, mac == NO_MAC, "bad-address")
    nas = either(words_of(columns["nasidentifier"]), words_of(columns["nasipaddress"]))
    called = words_of(columns["calledstationid"])
    ap = access_points(feed, called, nas, chosen(called, np.arange(line.size), np.zeros(line.size, np.bool_)), verdict)
    judge(verdict, _is_empty(columns[START]), "missing-field")
    is_closed = ~_is_empty(columns[STOP])
    of, is_end = twice((verdict == KEPT) & (is_closed | ~_is_empty(columns[UPDATE])))
    verdict, is_closed = verdict[of], is_closed[of]
    start, stop, update = (Civil(*times_of(columns[name], "iso")) for name in (START, STOP, UPDATE))
    start_ms = utc_times(_taken(start, of), verdict, feed.time_zone)
    end = _either(is_closed, _taken(stop, of), _taken(update, of))
    end_verdict = np.where(is_end, verdict, KEPT).astype(np.int8)
    end_ms = utc_times(end, end_verdict, feed.time_zone)
    verdict = np.where(is_end, end_verdict, verdict).astype(np.int8)
    left = end_kinds(words_of(columns["acctterminatecause"]))[of]
    left_ms = ends_ms(left, end_ms, end_ms - start_ms, np.full(of.size, feed.idle_s * 1000))
    is_left = is_end & is_closed
    return Records(
        verdict,
        line[of],
        np.where(is_left, left_ms, np.where(is_end, end_ms, start_ms)),
        mac[of],
        None,
        chosen(ap, of),
        np.where(is_left, left, JOINED if feed.reports_leaving else SEEN).astype(np.int8),
        no_signals(of.size),
        clock=chosen(nas, of),
        user=chosen(accounts(words_of(columns["username"])), of, ~is_end),
    )


def _is_empty(spans: Spans) -> Bools:
    return np.asarray(spans.start == spans.stop, np.bool_)


def _taken(civil: Civil, rows: Int64s) -> Civil:
    return Civil(civil.civil_ms[rows], civil.offset_min[rows], civil.good[rows])


def _either(is_first: Bools, first: Civil, second: Civil) -> Civil:
    return Civil(
        np.where(is_first, first.civil_ms, second.civil_ms),
        np.where(is_first, first.offset_min, second.offset_min).astype(np.int16),
        np.where(is_first, first.good, second.good),
    )
