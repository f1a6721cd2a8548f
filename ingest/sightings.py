"""What a parser read -> sightings: window kept, addresses made subjects, AP keys made names.

Parsing lives in `ingest.formats`, correcting clocks in `ingest.correction`; whose subject an address is, in
`ingest.subjects`.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.feed import Feed
from ingest.reading import NO_SIGNAL, Reading
from ingest.registry import Registry
from ingest.subjects import LEFT_OUT, Subjects
from schemas import SIGHTING
from schemas.day import Day


def sightings_of(
    reading: Reading,
    feed: Feed,
    file: str,
    registry: Registry,
    day: Day,
    subjects: Subjects,
    time_quality: NDArray[np.int8] | None = None,
) -> tuple[pa.Table, pa.Table, dict[str, NDArray[np.int64]]]:
    """The reading's rows inside the day's window, without their addresses, in the order read.

    Args:
        file: the raw file, relative to the raw folder.
        time_quality: of each row; None: all as stamped.
    Returns:
        SIGHTING; DEVICE, those of its subjects that no earlier reading had under these `subjects`; and by ledger
        status (`subjects.LEFT_OUT`) the instants of rows inside the window that must not be stored.
    """
    at_ms = reading.at_ms
    inside = np.flatnonzero((at_ms >= day.window_start_ms) & (at_ms < day.window_end_ms))
    opaque = None if reading.opaque is None else reading.opaque.take(pa.array(inside))
    named = subjects.of_rows(reading.mac[inside], opaque, at_ms[inside])
    rows = inside[named.stays]
    signal = reading.signal_dbm[rows]
    ap = registry.ap_names(reading.ap.take(pa.array(rows)), at_ms[rows], subjects.day_key)
    sightings = SIGHTING.table(
        at_ms=at_ms[rows],
        subject=named.subject[named.stays],
        ap=ap,
        kind=registry.kinds(ap, reading.kind[rows]),
        signal_dbm=pa.array(signal, mask=signal == NO_SIGNAL),
        feed=_constant(feed.name, len(rows)),
        file=_constant(file, len(rows)),
        line=reading.line[rows],
        time_quality=np.zeros(len(rows), np.int8) if time_quality is None else time_quality[rows],
    )
    left_out = {status: at_ms[inside[named.left_out == place]] for place, status in enumerate(LEFT_OUT, 1)}
    return sightings, named.devices, left_out


def _constant(word: str, rows: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array([word]))
