"""Who each row of a log is on one day: a stranger under the day's key, a member's device, or opted out.

Which member a device belongs to, and since when, is worked out in `ingest.logins`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from privacy.pseudonyms import Pseudonyms, distinct, is_random
from schemas import DEVICE, MEMBER_DEVICE, PrivacyError

Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Named:
    """The rows of a batch with their subjects, and the batch's distinct subjects (DEVICE, opted-out ones left out)."""

    subject: Int64s
    is_opted_out: Bools
    devices: pa.Table


class Subjects:
    """The keys, members and opt-outs of one day's job. Make it once: it remembers the addresses it has hashed."""

    def __init__(
        self,
        day_key: bytes,
        members_key: bytes | None = None,
        member_devices: pa.Table | None = None,
        opted_out: Iterable[int] = (),
    ) -> None:
        """PrivacyError if there are members or opt-outs, and no key to recognise them by.

        Args:
            member_devices: MEMBER_DEVICE; such rows bear the member's device instead of the day's pseudonym.
            opted_out: pseudonyms of addresses, under the members' key, that are dropped.
        """
        self.day_key = day_key
        self._strangers = Pseudonyms(day_key, members=False)
        spans = (member_devices if member_devices is not None else MEMBER_DEVICE.empty()).sort_by(
            [("device", "ascending"), ("from_ms", "ascending")]
        )
        self._device = spans["device"].to_numpy()
        self._from = spans["from_ms"].to_numpy()
        self._until = spans["until_ms"].to_numpy()
        self._opted_out = np.sort(np.fromiter(opted_out, np.int64))
        self._members: Pseudonyms | None = None
        if len(self._device) or len(self._opted_out):
            if members_key is None:
                raise PrivacyError("members and opt-outs cannot be recognised: no members' key", "restore the keyring")
            self._members = Pseudonyms(members_key, members=True)

    def of_rows(self, macs: NDArray[np.uint64], opaque: pa.Array | None, at_ms: Int64s) -> Named:
        """Each row's subject at its instant. A MAC of `NO_MAC` means that the address is the row's `opaque` text."""
        unique_macs, unique_texts, index = distinct(macs, opaque)
        stranger = _pseudonyms(self._strangers, unique_macs, unique_texts)
        random = pa.concat_arrays([pa.array(is_random(unique_macs)), pa.nulls(len(unique_texts), pa.bool_())])
        if self._members is None:
            devices = _devices(stranger, _seen(index, len(stranger)), random)
            return Named(stranger[index], np.zeros(len(index), np.bool_), devices)
        member = _pseudonyms(self._members, unique_macs, unique_texts)
        is_opted_out = _is_in(member, self._opted_out)[index]
        is_member = self._is_member(member, index, at_ms)
        devices = pa.concat_tables(
            [
                _devices(stranger, _seen(index[~is_member & ~is_opted_out], len(stranger)), random),
                _devices(member, _seen(index[is_member & ~is_opted_out], len(member)), random),
            ]
        )
        return Named(np.where(is_member, member[index], stranger[index]), is_opted_out, devices.sort_by("subject"))

    def _is_member(self, member: Int64s, index: Int64s, at_ms: Int64s) -> Bools:
        """Whether each row lies in one of its device's spans; a device has few of them."""
        first = np.searchsorted(self._device, member, "left")
        spans = np.searchsorted(self._device, member, "right") - first
        result = np.zeros(len(index), np.bool_)
        for ordinal in range(int(spans.max(initial=0))):
            rows = np.flatnonzero((spans > ordinal)[index])
            span = first[index[rows]] + ordinal
            result[rows] |= (self._from[span] <= at_ms[rows]) & (at_ms[rows] < self._until[span])
        return result


def _pseudonyms(key: Pseudonyms, macs: NDArray[np.uint64], texts: list[str]) -> Int64s:
    return np.concatenate([key.of_macs(macs), key.of_texts(texts)])


def _devices(subject: Int64s, chosen: Bools, random: pa.BooleanArray) -> pa.Table:
    table = DEVICE.table(subject=subject, random=random).filter(pa.array(chosen))
    return table.sort_by("subject")


def _seen(index: Int64s, distinct_count: int) -> Bools:
    return np.bincount(index, minlength=distinct_count) > 0


def _is_in(values: Int64s, ordered: Int64s) -> Bools:
    if not len(ordered):
        return np.zeros(len(values), np.bool_)
    place = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    found: Bools = ordered[place] == values
    return found
