"""How the hot loops are compiled: by numba, without the interpreter lock, kept on disk beside their source.

What does not live here: any loop.
"""

import functools
import hashlib
from collections.abc import Callable
from importlib import resources
from typing import Any, TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])

_INLINED_FROM = ("schemas", "sessionize")  # packages whose loops and constants end up in a compiled loop


def compiled(function: Function) -> Function:
    """`function` as machine code; compiled at the first call with new types, then loaded from `__pycache__`.

    Several processes may compile it at once: numba writes a file whole and renames it. Where neither `__pycache__` nor
    the user's cache folder can be written, numba says so at import; NUMBA_CACHE_DIR names another place.
    """
    return _kept(function, njit(cache=True, nogil=True))


def compiled_leaf(function: Function) -> Function:
    """As `compiled`, for a function that makes and slices no array: its callers keep the arrays alive.

    Without numba's reference counts, which are atomic and cost four times the walk itself when a leaf is called for
    each row. Numba refuses to compile one that would need them.
    """
    return _kept(function, njit(cache=True, nogil=True, _nrt=False))


def _kept(function: Function, compiler: Callable[[Function], Any]) -> Function:
    """Numba drops the kept code of a function when its own file changes; this one holds other files' loops too."""
    machine: Function = compiler(function)
    index = getattr(getattr(machine, "_cache", None), "_cache_file", None)
    if index is not None:
        index._source_stamp = _sources()
    return machine


@functools.cache
def _sources() -> str:
    """Digest of the text of all that a loop may be compiled from."""
    digest = hashlib.blake2b(digest_size=16)
    for package in _INLINED_FROM:
        files = (file for file in resources.files(package).iterdir() if file.name.endswith(".py"))
        for file in sorted(files, key=lambda file: file.name):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
