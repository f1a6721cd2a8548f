"""Who must not be stored: addresses known only by their pseudonyms under a key that serves nothing else (privacy R5).

The key outlives every day's, so a promise once given holds whatever the day. Where list and keys lie is not known here.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from privacy.pseudonyms import Pseudonyms


@dataclass(frozen=True)
class OptOuts:
    """The opted-out addresses, by their sorted pseudonyms under `key`; with neither, nobody."""

    key: bytes = field(default=b"", repr=False)
    pseudonyms: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64), repr=False)

    def are_among(self, macs: NDArray[np.uint64], texts: list[str]) -> NDArray[np.bool_]:
        """Of each of `macs`, then each of `texts`, whether it is opted out."""
        if not self.pseudonyms.size:
            return np.zeros(len(macs) + len(texts), np.bool_)
        return np.isin(pseudonyms_of(self.key, macs, texts), self.pseudonyms)


NOBODY = OptOuts()


def pseudonyms_of(key: bytes, macs: NDArray[np.uint64], texts: list[str]) -> NDArray[np.int64]:
    """What a list under `key` holds of these addresses, first of the MACs, then of the others."""
    return Pseudonyms(key, members=False).of_addresses(macs, texts)
