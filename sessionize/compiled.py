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
