"""Captured frames without what nobody reads: what a live capture may store (R16: no payload, no probed network name).

What does not live here: what a frame means (`formats.capture`), where frames come from and go (`pipelines.monitor`).

    radio header | 802.11 header, 24 bytes | capabilities 2, status 2 |             an answer to an association
                 |                         | reason 2                 |             disassociation, deauthentication
                 |                         |                                        requests, probes

A frame that gives no row is left out: beacons, data, authentications, frames with a wrong checksum.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.frames import (
    ASSOCIATION,
    ASSOCIATION_ANSWER,
    DEAUTHENTICATION,
    DISASSOCIATION,
    MANAGEMENT,
    PROBE,
    REASSOCIATION,
    REASSOCIATION_ANSWER,
    Frames,
    Headers,
    headers_of,
)
from ingest.radio_headers import READ

READ_SUBTYPES = {
    ASSOCIATION: "assoc-req",
    ASSOCIATION_ANSWER: "assoc-resp",
    REASSOCIATION: "reassoc-req",
    REASSOCIATION_ANSWER: "reassoc-resp",
    PROBE: "probe-req",
    DISASSOCIATION: "disassoc",
    DEAUTHENTICATION: "deauth",
}  # as pcap-filter(7) names them
_HEADER, _HIGH_THROUGHPUT = 24, 4
_BODY = {ASSOCIATION_ANSWER: 4, REASSOCIATION_ANSWER: 4, DISASSOCIATION: 2, DEAUTHENTICATION: 2}
_ORDER = 0x80


def shortened(frames: Frames) -> Frames:
    """The frames that may give a row, each cut behind the last byte that is read; they are numbered anew from 1.

    What `formats.capture` makes of them is what it makes of `frames`, less what it counts as ignored or refused.
    """
    headers = headers_of(frames)
    kept = np.flatnonzero(_tells(headers))
    starts = np.append(0, frames.ends[:-1])[kept]
    begins = headers.begins[kept]
    body = np.array([_BODY.get(subtype, 0) for subtype in range(16)], np.int64)[headers.subtype[kept]]
    body += np.where(frames.data[begins + 1] & _ORDER, _HIGH_THROUGHPUT, 0) * (body > 0)
    stops = np.minimum(begins + _HEADER + body, frames.ends[kept])
    parts = [frames.data[start:stop] for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)]
    data = np.concatenate([np.zeros(0, np.uint8), *parts])
    return replace(
        frames, first=1, data=data, ends=np.cumsum(stops - starts), at_us=frames.at_us[kept], link=frames.link[kept]
    )


def _tells(headers: Headers) -> npt.NDArray[np.bool_]:
    tells: Any = (headers.state == READ) & (headers.kind == MANAGEMENT) & ~headers.is_damaged
    return np.asarray(tells & np.isin(headers.subtype, list(READ_SUBTYPES)), np.bool_)
