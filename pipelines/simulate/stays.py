"""True physical presence: who is in which zone from when to when."""

from dataclasses import dataclass

import numpy as np

from pipelines.simulate.columns import MINUTE_MS, Array, Rows, runs

OUTSIDE = -1


@dataclass(frozen=True)
class Stays(Rows):
    """One phone's unbroken time in one zone; ordered by phone and time, without overlap.

    Instants are ms: of the calendar day while a plan is made, UTC epoch after `plans.plan_day`.
    """

    phone: Array
    zone: Array
    from_ms: Array
    to_ms: Array
    goes_on: Array  # the phone is still there when the day's plan ends: it does not leave

    def presence(self) -> Array:
        """The number of the unbroken presence in the district to which each stay belongs."""
        broken = runs(self.phone)
        broken[1:] |= self.from_ms[1:] != self.to_ms[:-1]
        return np.cumsum(broken) - 1


def stays_of_steps(zones: Array, minutes: Array, start: Array) -> Stays:
    """Stays from (phone, step) zones and minutes, one step after the other from minute `start` on.

    Steps without length and those outside the district are no stays; two in one zone in a row are one.
    """
    ends = np.rint((start[:, None] + np.cumsum(minutes, axis=1)) * MINUTE_MS).astype(np.int64)
    begins = np.concatenate([np.rint(start * MINUTE_MS).astype(np.int64)[:, None], ends[:, :-1]], axis=1)
    phone = np.broadcast_to(np.arange(len(zones))[:, None], zones.shape)
    is_stay = (ends > begins) & (zones != OUTSIDE)
    stays = Stays(phone[is_stay], zones[is_stay], begins[is_stay], ends[is_stay], np.zeros(is_stay.sum(), bool))
    return _joined(stays)


def _joined(stays: Stays) -> Stays:
    first = runs(stays.phone, stays.zone)
    first[1:] |= stays.from_ms[1:] != stays.to_ms[:-1]
    last = np.append(first[1:], True)
    return stays.take(first).with_(to_ms=stays.to_ms[last])
