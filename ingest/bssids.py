"""Which access point a BSSID belongs to: addresses and ranges of them, as aps.csv writes them, looked up all at once.

One access point has many: its radios and virtual SSIDs differ in the last bits. A device that is hung up elsewhere
under another name takes its addresses along: an address has its access points in turn, each from its row's `valid_from`
on. Reading the rest of aps.csv lives in `ingest.registry_csv`; that no two have an address at once is held by
`ingest.registry`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ingest.mac_text import mac_of_text

Span = tuple[int, int]  # the first and the last address; both belong
Tenure = tuple[int, str]  # from when on (epoch ms), the access point
Stretch = tuple[int, int, tuple[Tenure, ...]]  # the first and the last address, whose they are in turn

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
    """Stretches of addresses in order, none overlapping, each with its access points in turn."""

    stretches: tuple[Stretch, ...] = ()

    @staticmethod
    def of(owned: Iterable[tuple[Span, Tenure]]) -> "Bssids":
        """Those of `owned`, whose spans may overlap: of one access point, or of several one after another."""
        begin: dict[int, list[tuple[int, Tenure]]] = {}
        edges = set[int]()
        for (first, last), tenure in owned:
            begin.setdefault(first, []).append((last, tenure))
            edges |= {first, last + 1}
        open_spans: list[tuple[int, Tenure]] = []
        found: list[Stretch] = []
        for first, after in pairwise(sorted(edges)):
            open_spans = [one for one in open_spans if one[0] >= first] + begin.get(first, [])
            found.append((first, after - 1, _in_turn(tenure for _, tenure in open_spans)))
        return Bssids(_joined(found))

    def before(self, at_ms: int) -> "Bssids":
        """What was in force before an instant: as if nobody had written of later ones."""
        known = ((first, last, tuple(one for one in turns if one[0] < at_ms)) for first, last, turns in self.stretches)
        return Bssids(_joined(known))

    def tenures(self, macs: NDArray[np.int64]) -> list[tuple[Tenure, ...]]:
        """The access points of each address in turn; none of an address that is nobody's, or negative."""
        if not self.stretches:
            return [()] * macs.size
        at = np.searchsorted(self._firsts, macs, "right") - 1
        inside = (at >= 0) & (macs <= self._lasts[at])
        return [self.stretches[place][2] if is_in else () for place, is_in in zip(at.tolist(), inside, strict=True)]

    def beside(self, mac: int) -> str | None:
        """The one access point that has addresses which differ from `mac` in the last bits alone; None if several."""
        rest = (1 << (MAC_BITS - SAME_AP_BITS)) - 1
        first, last = mac & ~rest, mac | rest
        low, high = np.searchsorted(self._lasts, first, "left"), np.searchsorted(self._firsts, last, "right")
        names = {name for _, _, turns in self.stretches[low:high] for _, name in turns}
        return names.pop() if len(names) == 1 else None

    @cached_property
    def _firsts(self) -> NDArray[np.int64]:
        return np.array([first for first, _, _ in self.stretches], np.int64)

    @cached_property
    def _lasts(self) -> NDArray[np.int64]:
        return np.array([last for _, last, _ in self.stretches], np.int64)


def _in_turn(tenures: Iterable[Tenure]) -> tuple[Tenure, ...]:
    """By begin; one that goes on is no new one."""
    ordered = sorted(tenures)
    return tuple(
        one for before, one in zip([None, *ordered], ordered, strict=False) if not before or before[1] != one[1]
    )


def _joined(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The same without gaps between stretches that say the same, and without those that are nobody's."""
    found: list[Stretch] = []
    for first, last, turns in stretches:
        if found and found[-1][1] + 1 == first and found[-1][2] == turns:
            found[-1] = (found[-1][0], last, turns)
        elif turns:
            found.append((first, last, turns))
    return tuple(found)
