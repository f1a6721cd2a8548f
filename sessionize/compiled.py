"""How the hot loops are compiled: by numba, without the interpreter lock, kept on disk beside their source.

What does not live here: any loop.
"""

from collections.abc import Callable
from typing import TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """`function` as machine code; compiled at the first call with new types, then loaded from `__pycache__`."""
    machine: Function = njit(cache=True, nogil=True)(function)
    return machine


def compiled_leaf(function: Function) -> Function:
    """As `compiled`, for a function that makes and slices no array: its callers keep the arrays alive.

    Without numba's reference counts, which are atomic and cost four times the walk itself when a leaf is called for
    each row. Numba refuses to compile one that would need them.
    """
    machine: Function = njit(cache=True, nogil=True, _nrt=False)(function)
    return machine
