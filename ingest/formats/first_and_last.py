"""Which of a log's ignored lines are enough to say in which hours access points were alive: two of each minute.

    ap-1  09:00:01  09:00:17  09:00:58 | 09:01:03        they prove the same hours, and stay in order when their
          first               last     | first           clock is corrected, which moves a minute's times alike

What makes a line a sign of life is the format's to say (`SyslogParser.proves_alive`).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.eight_bytes import text_of
from ingest.formats.syslog_lines import Framed, Said
from ingest.reading import NO_TIME
from ingest.words import is_equal, mixed
from schemas.compiled import compiled

_SLOTS = 1 << 14  # access points beyond share one, and keep more lines
_MINUTE_MS = 60_000


def first_and_last(
    buf: npt.NDArray[np.uint8], rows: npt.NDArray[np.int64], frames: Framed, said: Said
) -> npt.NDArray[np.int64]:
    """Those of `rows` with the first and the last time of a minute, by one host and what it names as its AP.

    Others may be among them. Lines whose two clocks agree are told from those whose do not: only these are corrected.
    """
    columns = (frames.civil, frames.offset, frames.received, frames.received_offset)
    kept: npt.NDArray[np.bool_] = _kept(buf, rows, *columns, frames.host, frames.host_stop, said.ap, said.ap_stop)
    return rows[kept]


@compiled
def _kept(
    buf: Any,
    rows: Any,
    civil: Any,
    offset: Any,
    received: Any,
    received_offset: Any,
    s: Any,
    e: Any,
    ap: Any,
    ap_e: Any,
) -> Any:
    """Whether each of `rows` is needed; `s`, `e`: its host."""
    text = text_of(buf)
    kept = np.zeros(rows.size, np.bool_)
    first, last = np.full(_SLOTS, -1), np.full(_SLOTS, -1)
    for k in range(rows.size):
        i = rows[k]
        if received[i] != NO_TIME and received_offset[i] != offset[i]:
            kept[k] = True  # whether its clocks agree is not known here
            continue
        value = mixed(text, s[i], e[i]) ^ (mixed(text, ap[i], ap_e[i]) << np.uint64(1))
        slot = np.int64(value & np.uint64(_SLOTS - 1))
        one = rows[first[slot]]
        if (
            first[slot] >= 0
            and civil[i] // _MINUTE_MS == civil[one] // _MINUTE_MS
            and offset[i] == offset[one]
            and (received[i] == civil[i]) == (received[one] == civil[one])
            and is_equal(text, s[i], e[i], s[one], e[one])
            and is_equal(text, ap[i], ap_e[i], ap[one], ap_e[one])
        ):
            if civil[i] < civil[one]:
                first[slot] = k
            if civil[i] > civil[rows[last[slot]]]:
                last[slot] = k
            continue
        if first[slot] >= 0:
            kept[first[slot]] = kept[last[slot]] = True
        first[slot] = last[slot] = k
    for slot in np.flatnonzero(first >= 0):
        kept[first[slot]] = kept[last[slot]] = True
    return kept
