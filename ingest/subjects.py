"""Who each row of a log is on one day: a stranger under the day's key, a member's device, or nobody to be stored.

Which member a device belongs to, and since when, is worked out in `ingest.logins`.
"""

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.addresses import Addresses
from ingest.own_devices import NONE, OwnDevices
from privacy.listed import NOBODY, Listed
from privacy.pseudonyms import Pseudonyms, is_random
from schemas import DEVICE, MEMBER_DEVICE, PrivacyError

Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]

LEFT_OUT = ("opted-out", "own-device")  # statuses of the ledger
STAYS = 0
_NO_MAC = -1  # in `random`: the address is no MAC
_KNOWN = np.dtype(
    [
        ("stranger", np.int64),
        ("member", np.int64),
        ("first_span", np.int32),  # of the device's spans as a member's
        ("spans", np.int32),
        ("random", np.int8),
        ("left_out", np.int8),
        ("stranger_is_told", np.bool_),  # in a DEVICE table
        ("member_is_told", np.bool_),
    ]
)


@dataclass(frozen=True)
class Named:
    """The rows of a batch with their subjects; `devices` (DEVICE) are those subjects that no earlier batch had.

    `left_out`: STAYS, or 1 + the place in LEFT_OUT of why the row must not be stored.
    """

    subject: Int64s
    left_out: NDArray[np.int8]
    devices: pa.Table

    @property
    def stays(self) -> Bools:
        """The rows that may be stored."""
        stays: Bools = self.left_out == STAYS
        return stays


class Subjects:
    """The keys, members and lists of one day's job, and what follows for each address met so far.

    Make it once a job: an address is hashed once in its life. It holds addresses, so it is never pickled or written.
    Threads may share it.
    """

    def __init__(
        self,
        day_key: bytes,
        members_key: bytes | None = None,
        member_devices: pa.Table | None = None,
        opt_outs: Listed = NOBODY,
        own: OwnDevices = NONE,
    ) -> None:
        """PrivacyError if there are members, and no key to recognise them by.

        Args:
            member_devices: MEMBER_DEVICE; such rows bear the member's device instead of the day's pseudonym.
            opt_outs: whose rows are dropped, members or not.
            own: the operator's own devices, whose rows are dropped as well.
        """
        self.day_key = day_key
        self._strangers = Pseudonyms(day_key, members=False)
        spans = (member_devices if member_devices is not None else MEMBER_DEVICE.empty()).sort_by(
            [("device", "ascending"), ("from_ms", "ascending")]
        )
        self._device = spans["device"].to_numpy()
        self._from = spans["from_ms"].to_numpy()
        self._until = spans["until_ms"].to_numpy()
        self._moved: dict[int, tuple[int, int]] = {}  # device -> first span and how many, of those that `know` told
        self._opt_outs = opt_outs
        self._own = own
        if len(self._device) and members_key is None:
            raise PrivacyError("members cannot be recognised: no members' key", "restore the keyring")
        self._members = None if members_key is None else Pseudonyms(members_key, members=True)
        self._addresses = Addresses()
        self._known = np.zeros(0, _KNOWN)
        self._lock = threading.Lock()

    def know(self, devices: Int64s, spans: pa.Table) -> None:
        """These devices have `spans` (MEMBER_DEVICE) from now on, in place of those that they had."""
        devices, spans = np.unique(devices), spans.sort_by([("device", "ascending"), ("from_ms", "ascending")])
        with self._lock:
            first, count = _places(spans["device"].to_numpy(), devices)
            first += len(self._from)
            self._from = np.append(self._from, spans["from_ms"].to_numpy())  # behind those that others still point to
            self._until = np.append(self._until, spans["until_ms"].to_numpy())
            self._moved.update(zip(devices.tolist(), zip(first.tolist(), count.tolist(), strict=True), strict=True))
            self._point(self._known, devices)

    def _point(self, known: NDArray[Any], moved: Int64s) -> None:
        """In `known`, whose members' pseudonyms are there, the devices `moved` get the spans that `know` was told."""
        for row in np.flatnonzero(np.isin(known["member"], moved)):
            known[row]["first_span"], known[row]["spans"] = self._moved[int(known["member"][row])]

    def of_rows(self, macs: NDArray[np.uint64], opaque: pa.DictionaryArray | None, at_ms: Int64s) -> Named:
        """Each row's subject at its instant. A MAC of `NO_MAC` means that the address is the row's `opaque` text."""
        with self._lock:
            before = self._addresses.count
            number, fresh_macs, fresh_texts = self._addresses.numbered(macs, opaque)
            self._learn(before, fresh_macs, fresh_texts)
            known = self._known
        subject = known["stranger"][number]
        left_out = known["left_out"][number]
        is_member = np.zeros(len(number), np.bool_)
        if self._members is not None:
            is_member = self._is_member(known, number, at_ms)
            subject = np.where(is_member, known["member"][number], subject)
        return Named(subject, left_out, self._untold(number, is_member, left_out == STAYS))

    def _learn(self, before: int, macs: NDArray[np.uint64], texts: list[str]) -> None:
        """Works out what follows from addresses met for the first time, numbered from `before` on."""
        fresh = np.zeros(len(macs) + len(texts), _KNOWN)
        if not len(fresh):
            return
        fresh["stranger"] = self._strangers.of_addresses(macs, texts)
        fresh["random"] = np.append(is_random(macs).astype(np.int8), np.full(len(texts), _NO_MAC, np.int8))
        if self._members is not None:
            fresh["member"] = self._members.of_addresses(macs, texts)
            fresh["first_span"], fresh["spans"] = _places(self._device, fresh["member"])
            self._point(fresh, np.fromiter(self._moved, np.int64, len(self._moved)))
        fresh["left_out"][self._own.are_among(macs, texts)] = 1 + LEFT_OUT.index("own-device")
        fresh["left_out"][self._opt_outs.are_among(macs, texts)] = 1 + LEFT_OUT.index("opted-out")
        end = before + len(fresh)
        if end > len(self._known):
            grown = np.zeros(max(end, 2 * len(self._known)), _KNOWN)
            grown[:before] = self._known[:before]
            self._known = grown
        self._known[before:end] = fresh

    def _is_member(self, known: NDArray[Any], number: NDArray[np.int32], at_ms: Int64s) -> Bools:
        """Whether each row lies in one of its device's spans; a device has few of them."""
        first, spans = known["first_span"][number], known["spans"][number]
        result = np.zeros(len(number), np.bool_)
        for ordinal in range(int(spans.max(initial=0))):
            rows = np.flatnonzero(spans > ordinal)
            span = first[rows] + ordinal
            result[rows] |= (self._from[span] <= at_ms[rows]) & (at_ms[rows] < self._until[span])
        return result

    def _untold(self, number: NDArray[np.int32], is_member: Bools, stays: Bools) -> pa.Table:
        """DEVICE of the subjects of these rows that no earlier table had."""
        with self._lock:
            strangers = self._tell(number[~is_member & stays], "stranger_is_told")
            members = self._tell(number[is_member & stays], "member_is_told")
            known = self._known
        random = known["random"][np.append(strangers, members)]
        devices = DEVICE.table(
            subject=np.append(known["stranger"][strangers], known["member"][members]),
            random=pa.array(random == 1, mask=random == _NO_MAC),
        )
        return devices.sort_by("subject")

    def _tell(self, number: NDArray[np.int32], flag: str) -> NDArray[np.int32]:
        untold = np.unique(number[~self._known[flag][number]])
        self._known[flag][untold] = True
        return untold


def _places(device: Int64s, of: Int64s) -> tuple[Int64s, Int64s]:
    """Where in `device`, in order, the rows of each of `of` begin, and how many they are."""
    first, end = np.searchsorted(device, of, "left"), np.searchsorted(device, of, "right")
    return first, end - first
