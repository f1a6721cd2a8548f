"""The operator's own devices, as they are declared: phones of staff, machines one by one, machines by their vendor."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from privacy.listed import NOBODY, Listed
from privacy.pseudonyms import is_random

Bools = NDArray[np.bool_]
VENDOR_BITS = 24  # the first three octets of a MAC that its vendor gave (IEEE 802-2014 8.2, OUI)
_REST = np.uint64(48 - VENDOR_BITS)


class Own(NamedTuple):
    """Of each address whether it is declared."""

    staff: Bools
    asset: Bools


@dataclass(frozen=True)
class OwnDevices:
    """`vendors`: first three octets of machines that no visitor carries, as a number."""

    staff: Listed = NOBODY
    assets: Listed = NOBODY
    vendors: tuple[int, ...] = ()

    def among(self, macs: NDArray[np.uint64], texts: list[str]) -> Own:
        """Of each of `macs`, then each of `texts`; a random MAC has no vendor."""
        by_vendor = np.isin(macs >> _REST, np.array(self.vendors, np.uint64)) & ~is_random(macs)
        asset = self.assets.are_among(macs, texts)
        asset[: len(macs)] |= by_vendor
        return Own(self.staff.are_among(macs, texts), asset)


NONE = OwnDevices()
