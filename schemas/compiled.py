"""How the hot loops of every stage are compiled: by numba, without the interpreter lock, kept on disk beside them.

It lies with the words, under all stages, because the words' constants end up in the loops. No loop lives here.
"""

import functools
import hashlib
from collections.abc import Callable, Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from numba import njit
from numba.core.caching import CompileResultCacheImpl, FunctionCache, NullCache, ZipCacheLocator

Function = TypeVar("Function", bound=Callable[..., object])

_WORDS = "schemas"  # whose constants end up in a compiled loop, beside the loops of its own package


def compiled(function: Function) -> Function:
    """`function` as machine code; compiled at the first call with new types, then loaded from `__pycache__`.

    Several processes may compile it at once: numba writes a file whole and renames it. Where neither `__pycache__` nor
    the user's cache folder can be written, numba says so at import; NUMBA_CACHE_DIR names another place. Out of a zip
    it is kept in the user's cache folder, which XDG_CACHE_HOME moves, and not at all if that cannot be written.
    """
    return _kept(function, njit(cache=True, nogil=True))


def compiled_leaf(function: Function) -> Function:
    """As `compiled`, for a function that makes and slices no array: its callers keep the arrays alive.

    Without numba's reference counts, which are atomic and cost four times the walk itself when a leaf is called for
    each row; numba refuses to compile one that would need them. It becomes a part of its caller: arrays are handed on
    as seven words each, which took half of the JSON scanner's time.
    """
    return _kept(function, njit(cache=True, nogil=True, _nrt=False, forceinline=True))


def _kept(function: Function, compiler: Callable[[Function], Any]) -> Function:
    """Numba drops the kept code of a function when its own file changes; this one holds other files' loops too."""
    machine: Any = compiler(function)
    cache = getattr(machine, "_cache", None)
    if isinstance(getattr(getattr(cache, "_impl", None), "locator", None), ZipCacheLocator):
        machine._cache = cache = _kept_by_content(function)
    index = getattr(cache, "_cache_file", None)
    if index is not None:
        index._source_stamp = _sources_of(function)
    kept: Function = machine
    return kept


def _kept_by_content(function: Function) -> FunctionCache | NullCache:
    """Where the code of a function out of a zip is kept: each job of a cluster copies the zip to another path."""
    cache = _ZipCache(function)
    try:
        cache._impl.locator.ensure_cache_path()
    except OSError:
        return NullCache()
    return cache


class _ByContent(ZipCacheLocator):
    """Beside where numba would keep it, under a name that the text of its sources gives."""

    def __init__(self, function: Callable[..., object], file: str) -> None:
        super().__init__(function, file)
        folder = str(self.get_cache_path()).rstrip("/").rpartition("/")[0]
        self._cache_path = f"{folder}/{function.__module__}-{_sources_of(function)}"


class _ZipCacheImpl(CompileResultCacheImpl):
    _locator_classes = (_ByContent,)


class _ZipCache(FunctionCache):
    _impl_class = _ZipCacheImpl


def _sources_of(function: Callable[..., object]) -> str:
    return _sources(str(function.__globals__["__package__"]).partition(".")[0])


@functools.cache
def _sources(package: str) -> str:
    """Digest of the text of all that a loop of `package` may be compiled from."""
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted({_WORDS, package}):
        for file in _modules(resources.files(name)):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _modules(folder: Traversable) -> Iterator[Traversable]:
    """The Python files below `folder`, in an order that is always the same."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _modules(entry)
        elif entry.name.endswith(".py"):
            yield entry
