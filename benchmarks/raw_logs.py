"""Raw logs of one made-up day in three forms: a CSV of hashed users, a CSV of addresses, hostapd in RFC 3164 syslog.

What does not live here: the simulator's logs, with ground truth and faults (pipelines.simulate).

Every line of `csv-*` is a sighting. In `syslog` a device is associated and disassociated in turn, in whole seconds and
within the gap, so that "a new stay after the gap, per AP and device" is the whole rule there as well: a script of a
page can give the same stays.
"""

import datetime
import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.made import DATA, ROWS_OF_DEVICE, ap_names
from pipelines.simulate.addresses import mac_text, macs_of
from pipelines.simulate.text import chosen, glued, raw_bytes, seconds_text, texts

TIME_ZONE = "Asia/Tokyo"
MIDNIGHT_MS = int(datetime.datetime(2026, 11, 20, 15, tzinfo=datetime.UTC).timestamp() * 1000)  # in Tokyo, of the 21st
DAY_S = 86_400
GAP_S = 30 * 60
FORMS = ("csv-hashed", "csv-mac", "syslog")

_LINES_OF_EVENT = 3  # four of a join, two of a leave
_PIECE = 1 << 20  # events turned to text at once
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Ints = NDArray[np.int64]


def log_file(form: str, lines: int | str) -> Path:
    """The raw log of about `lines` lines, made at need."""
    path = DATA / f"{form}-{lines}" / ("day.log" if form == "syslog" else "day.csv")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        _write(part, form, int(lines))
        part.rename(path)
    return path


def _write(path: Path, form: str, lines: int) -> None:
    at, device, ap, leaves = _events(lines // _LINES_OF_EVENT if form == "syslog" else lines)
    names = _device_names(int(device.max()) + 1, form)
    spell: dict[str, Callable[..., pa.Array]] = {"csv-hashed": _csv, "csv-mac": _csv, "syslog": _syslog}
    with path.open("wb") as file:
        if form != "syslog":
            file.write(b"time,ap,device\n")
        for first in range(0, len(at), _PIECE):
            piece = slice(first, first + _PIECE)
            file.write(raw_bytes(spell[form](at[piece], chosen(names, device[piece]), ap[piece], leaves[piece])))


def _events(events: int, seed: int = 2) -> tuple[Ints, Ints, Ints, NDArray[np.bool_]]:
    """(seconds of the day, device, AP, is a leave) in the order of arrival; about `events`, all inside the day."""
    random = np.random.default_rng(seed)
    device = np.sort(random.integers(0, max(events // ROWS_OF_DEVICE, 1), events))
    first = np.append(True, device[1:] != device[:-1])
    ordinal = np.arange(events) - np.flatnonzero(first)[np.cumsum(first) - 1]
    leaves = ordinal % 2 == 1
    wait = np.minimum(1 + random.exponential(60, events).astype(np.int64), GAP_S)
    away = ~leaves & (random.random(events) < 1 / 20)
    wait += np.where(away, random.integers(20 * 60, 4 * 3600, events), 0)
    wait[first] = random.integers(0, 12 * 3600, int(first.sum()))
    passed = np.cumsum(wait)
    at = passed - (passed - wait)[first][np.cumsum(first) - 1]
    steps = np.where(leaves, 0, random.choice([-1, 0, 1], events, p=[0.02, 0.96, 0.02]))
    ap = np.cumsum(steps) % len(ap_names())
    kept = np.flatnonzero(at < DAY_S)
    order = kept[np.argsort(at[kept] * 1000 + random.integers(0, 2000, len(kept)), kind="stable")]
    return at[order], device[order], ap[order], leaves[order]


def _device_names(devices: int, form: str) -> pa.Array:
    if form == "csv-hashed":
        return texts([hashlib.sha256(b"%d" % n).hexdigest() for n in range(devices)])
    return mac_text(macs_of(2, 0, np.arange(devices), np.arange(devices) % 4 > 0))


def _csv(at: Ints, device: pa.Array, ap: Ints, _leaves: NDArray[np.bool_]) -> pa.Array:
    time = seconds_text(at * 1000 + MIDNIGHT_MS + 9 * 3_600_000, lambda iso: [t.replace("T", " ") for t in iso])
    return glued(time, ",", chosen(texts(ap_names()), ap), ",", device, "\n")


# what is said before and after the address of a joining and of a leaving device
_JOIN = (
    ("<30>", "STA ", " IEEE 802.11: authenticated\n"),
    ("<30>", "STA ", " IEEE 802.11: associated (aid 7)\n"),
    ("<29>", "AP-STA-CONNECTED ", "\n"),
    ("<30>", "STA ", " WPA: pairwise key handshake completed (RSN)\n"),
)
_LEAVE = (("<29>", "AP-STA-DISCONNECTED ", "\n"), ("<30>", "STA ", " IEEE 802.11: disassociated\n"))


def _syslog(at: Ints, device: pa.Array, ap: Ints, leaves: NDArray[np.bool_]) -> pa.Array:
    """The lines of each event, one text an event."""
    time = seconds_text(at * 1000 + MIDNIGHT_MS + 9 * 3_600_000, _bsd_times)
    place = glued(time, " ", chosen(texts(ap_names()), ap), " hostapd: wlan0: ")
    joins = np.flatnonzero(~leaves)
    pieces = [_said(_JOIN, place, device, joins), _said(_LEAVE, place, device, np.flatnonzero(leaves))]
    order = np.empty(len(at), np.int64)
    order[np.concatenate([joins, np.flatnonzero(leaves)])] = np.arange(len(at))
    return pa.concat_arrays(pieces).take(pa.array(order))


def _said(speech: tuple[tuple[str, str, str], ...], place: pa.Array, device: pa.Array, rows: Ints) -> pa.Array:
    place, device = place.take(pa.array(rows)), device.take(pa.array(rows))
    return glued(*(part for level, before, after in speech for part in (level, place, before, device, after)))


def _bsd_times(iso: list[str]) -> list[str]:
    return [f"{_MONTHS[int(t[5:7]) - 1]} {int(t[8:10]):2} {t[11:]}" for t in iso]
