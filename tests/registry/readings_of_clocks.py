"""Readings of which only the clocks matter."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.reading import NO_MAC, NO_SIGNAL, Reading
from schemas.sighting import SEEN


def read_by(clock: str | None, at_ms: NDArray[np.float64], received_ms: NDArray[np.float64] | None) -> Reading:
    """Rows stamped `at_ms` by `clock` (None: the feed's own) and received at `received_ms`."""
    n = len(at_ms)
    return Reading(
        at_ms=np.asarray(at_ms).astype(np.int64),
        mac=np.full(n, NO_MAC, np.uint64),
        opaque=pa.array(["guest"] * n, pa.string()).dictionary_encode(),
        ap=pa.array(["ap-1"] * n, pa.string()).dictionary_encode(),
        kind=np.full(n, SEEN, np.int8),
        signal_dbm=np.full(n, NO_SIGNAL, np.int16),
        line=np.arange(1, n + 1),
        rejects=[],
        ignored={},
        read=n,
        clock=None if clock is None else pa.array([clock] * n, pa.string()).dictionary_encode(),
        received_ms=None if received_ms is None else np.asarray(received_ms).astype(np.int64),
    )
