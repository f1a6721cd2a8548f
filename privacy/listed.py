"""Lists of addresses that hold none: each is known by its pseudonym under a key that serves nothing else (privacy R5).

The key outlives every day's, so a list holds whatever the day. Where lists and keys lie is not known here.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from privacy.pseudonyms import Pseudonyms


@dataclass(frozen=True)
class Listed:
    """The addresses of a list, by their sorted pseudonyms under `key`; with neither, none."""

    key: bytes = field(default=b"", repr=False)
    pseudonyms: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64), repr=False)

    def are_among(self, macs: NDArray[np.uint64], texts: list[str]) -> NDArray[np.bool_]:
        """Of each of `macs`, then each of `texts`, whether it is on the list."""
        if not self.pseudonyms.size:
            return np.zeros(len(macs) + len(texts), np.bool_)
        return np.isin(pseudonyms_of(self.key, macs, texts), self.pseudonyms)


NOBODY = Listed()


def pseudonyms_of(key: bytes, macs: NDArray[np.uint64], texts: list[str]) -> NDArray[np.int64]:
    """What a list under `key` holds of these addresses, first of the MACs, then of the others."""
    return Pseudonyms(key, members=False).of_addresses(macs, texts)
