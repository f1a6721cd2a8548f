"""Which access point a BSSID belongs to: addresses and ranges of them, as aps.csv writes them, looked up all at once.

One access point has many: its radios and virtual SSIDs differ in the last bits. Reading the rest of aps.csv lives in
`ingest.registry_csv`; that no two access points share an address is held by `ingest.registry`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ingest.mac_text import mac_of_text

Span = tuple[int, int]  # the first and the last address; both belong

MAC_BITS = 48
SHORTEST_PREFIX = 36  # no access point has more than 4,096 addresses: a shorter one is a slip of the pen
SAME_AP_BITS = 44  # of vendors that give an access point 16 addresses in a row


def span_of_text(text: str) -> Span | None:
    """`02:00:5e:00:00:a0`, `02:00:5e:00:00:a0-02:00:5e:00:00:af` or `02:00:5e:00:00:a0/44`; None if it is none of them.

    A prefix stands for every address that shares that many leading bits, also if further bits are set.
    """
    single = mac_of_text(text)
    if single is not None:
        return single, single
    if "/" in text:
        return _span_of_prefix(*text.split("/", 1))
    middle = len(text) // 2  # both ends are written alike; `-` may also part the octets
    if text[middle : middle + 1] != "-":
        return None
    first, last = mac_of_text(text[:middle]), mac_of_text(text[middle + 1 :])
    if first is None or last is None or not 0 <= last - first < 1 << (MAC_BITS - SHORTEST_PREFIX):
        return None
    return first, last


def _span_of_prefix(address: str, bits: str) -> Span | None:
    mac = mac_of_text(address)
    if mac is None or not bits.isdecimal() or not SHORTEST_PREFIX <= int(bits) <= MAC_BITS:
        return None
    rest = (1 << (MAC_BITS - int(bits))) - 1
    return mac & ~rest, mac | rest


@dataclass(frozen=True)
class Bssids:
    """Spans of addresses with the name of their access point, by address; no two overlap."""

    spans: tuple[tuple[int, int, str], ...] = ()

    @staticmethod
    def of(owned: Iterable[tuple[Span, str]]) -> "Bssids":
        """Those of `owned`, where spans of one access point may overlap."""
        merged: list[tuple[int, int, str]] = []
        for (first, last), name in sorted(owned):
            if merged and merged[-1][2] == name and first <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(last, merged[-1][1]), name)
            else:
                merged.append((first, last, name))
        return Bssids(tuple(merged))

    def owners(self, macs: NDArray[np.int64]) -> list[str | None]:
        """The access point of each address, in order; None of one that is nobody's, or negative."""
        if not self.spans:
            return [None] * macs.size
        at = np.searchsorted(self._firsts, macs, "right") - 1
        inside = (at >= 0) & (macs <= self._lasts[at])
        return [self.spans[place][2] if is_in else None for place, is_in in zip(at.tolist(), inside, strict=True)]

    def beside(self, mac: int) -> str | None:
        """The one access point that has addresses which differ from `mac` in the last bits alone; None if several."""
        rest = (1 << (MAC_BITS - SAME_AP_BITS)) - 1
        first, last = mac & ~rest, mac | rest
        low, high = np.searchsorted(self._lasts, first, "left"), np.searchsorted(self._firsts, last, "right")
        names = {name for _, _, name in self.spans[low:high]}
        return names.pop() if len(names) == 1 else None

    @cached_property
    def _firsts(self) -> NDArray[np.int64]:
        return np.array([first for first, _, _ in self.spans], np.int64)

    @cached_property
    def _lasts(self) -> NDArray[np.int64]:
        return np.array([last for _, last, _ in self.spans], np.int64)
