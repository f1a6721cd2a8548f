"""Rows as arrays: a frozen dataclass of equally long numpy arrays, and the random streams that fill them."""

import dataclasses
import zlib
from collections.abc import Sequence
from typing import Any, Self

import numpy as np

Array = np.ndarray[Any, Any]
SECOND_MS, MINUTE_MS, HOUR_MS = 1000, 60_000, 3_600_000
DAY_MS = 24 * HOUR_MS


@dataclasses.dataclass(frozen=True)
class Rows:
    """Base of a table in memory: every field is an array, all of one length."""

    def __len__(self) -> int:
        return len(getattr(self, dataclasses.fields(self)[0].name))

    def take(self, index: Any) -> Self:
        """The rows at `index`: positions, a mask or an order."""
        return type(self)(**{field.name: getattr(self, field.name)[index] for field in dataclasses.fields(self)})

    def with_(self, **columns: Array) -> Self:
        return dataclasses.replace(self, **columns)

    @classmethod
    def concat(cls, parts: Sequence[Self]) -> Self:
        """The rows of all `parts` one after another; at least one part."""
        names = [field.name for field in dataclasses.fields(cls)]
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def stream(seed: int, day: int, purpose: str) -> np.random.Generator:
    """The random numbers of one purpose on one day (an ordinal; 0: the whole time), independent of all others."""
    return np.random.default_rng([seed, day, zlib.crc32(purpose.encode())])


def counted(counts: Array) -> tuple[Array, Array]:
    """For rows that each repeat `counts` times: the row of each repeat, and its number 0, 1, ... within the row."""
    row = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    return row, np.arange(len(row)) - first[row]


def runs(*keys: Array) -> Array:
    """True where a row differs from the one before it in any key; the first row is True."""
    change = np.ones(len(keys[0]), bool)
    change[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return change
