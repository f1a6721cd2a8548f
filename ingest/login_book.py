"""The logins that are known, and whose each device is by them: of all devices, or of a few that have just logged in."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingest.logins import agreed_spans, member_devices
from schemas import LOGIN, MEMBER_DEVICE


class LoginBook:
    """Logins by device. It grows while a stream runs; what is asked of a few devices costs no look at all others.

    `keep_days`: how long a login makes a device the member's.
    """

    def __init__(self, logins: pa.Table, consents: pa.Table, keep_days: int) -> None:
        self.new = LOGIN.empty()  # those added since
        self._keep_days = keep_days
        self._agreed = agreed_spans(consents)
        self._logins = logins.take(pc.sort_indices(logins["device"])).combine_chunks()
        self._device = self._logins["device"].to_numpy()

    def add(self, logins: pa.Table) -> None:
        """Further logins; those that are known already are left out."""
        known = set(zip(*self._of(logins["device"].to_numpy()).to_pydict().values(), strict=True))
        told = dict.fromkeys(zip(*logins.to_pydict().values(), strict=True))
        rows = [row for row in told if row not in known]
        new = LOGIN.table(**{name: [row[place] for row in rows] for place, name in enumerate(LOGIN.names)})
        self.new = pa.concat_tables([self.new, new]).combine_chunks()

    def devices_before(self, at_ms: int) -> pa.Table:
        """MEMBER_DEVICE as the logins before `at_ms` make it."""
        return self._spans(pa.concat_tables([self._logins, self.new]), at_ms)

    def devices_among(self, devices: NDArray[np.int64], at_ms: int) -> pa.Table:
        """The same rows, of these devices alone."""
        return self._spans(self._of(devices), at_ms)

    def _of(self, devices: NDArray[np.int64]) -> pa.Table:
        """The logins of these devices."""
        wanted = np.unique(devices)
        first, end = (np.searchsorted(self._device, wanted, side) for side in ("left", "right"))
        rows = np.concatenate([np.arange(*pair) for pair in zip(first, end, strict=True)] or [first])
        new = self.new.filter(pc.is_in(self.new["device"], pa.array(wanted)))
        return pa.concat_tables([self._logins.take(pa.array(rows, pa.int64())), new])

    def _spans(self, logins: pa.Table, at_ms: int) -> pa.Table:
        if not logins.num_rows:
            return MEMBER_DEVICE.empty()
        return member_devices(logins.filter(pc.less(logins["at_ms"], at_ms)), self._agreed, self._keep_days)
