"""The operator's own devices, as declared: phones of staff and machines one by one, machines by their vendor."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from privacy.listed import NOBODY, Listed

_VENDOR_BITS = np.uint64(24)  # the first three octets of a MAC that its vendor gave (IEEE 802-2014 8.2, OUI)


@dataclass(frozen=True)
class OwnDevices:
    """`vendors`: first three octets of machines that no visitor carries, as numbers; never of random addresses."""

    listed: Listed = NOBODY
    vendors: tuple[int, ...] = ()

    def are_among(self, macs: NDArray[np.uint64], texts: list[str]) -> NDArray[np.bool_]:
        """Of each of `macs`, then each of `texts`, whether it is declared."""
        found = self.listed.are_among(macs, texts)
        found[: len(macs)] |= np.isin(macs >> _VENDOR_BITS, np.array(self.vendors, np.uint64))
        return found


NONE = OwnDevices()
