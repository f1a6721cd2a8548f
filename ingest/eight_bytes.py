"""Bytes by address, one or eight at a time: what makes the scanners fast.

Jitted functions hand a buffer on as a `text`, its (address, size): an array would be counted at every call. Who makes a
text keeps the array alive. `byte_at` does not check bounds; the words of eight stay inside, what is not there is zero.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from schemas.compiled import compiled

_ONES = np.uint64(0x0101_0101_0101_0101)
HIGHS = np.uint64(0x8080_8080_8080_8080)


@compiled
def text_of(buf: Any) -> Any:
    """The (address, size) of a uint8 array."""
    return np.int64(buf.ctypes.data), np.int64(buf.size)


def _loader(bits: int) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = builder.inttoptr(arguments[0], ir.IntType(bits).as_pointer())
        return builder.zext(builder.load(place, align=1), ir.IntType(64))

    return generate


@intrinsic
def _load_byte(typing_context: Any, address: Any) -> Any:
    return types.int64(types.int64), _loader(8)


@intrinsic
def _load_word(typing_context: Any, address: Any) -> Any:
    return types.uint64(types.int64), _loader(64)


@intrinsic
def _store_byte(typing_context: Any, address: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = builder.inttoptr(arguments[0], ir.IntType(8).as_pointer())
        builder.store(builder.trunc(arguments[1], ir.IntType(8)), place)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), generate


@intrinsic
def _trailing_zeros(typing_context: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), generate


@compiled
def byte_at(text: Any, at: Any) -> Any:
    """The byte at `at`, which the caller knows to lie inside."""
    return _load_byte(text[0] + at)


@compiled
def put_byte(text: Any, at: Any, value: Any) -> None:
    """Write a byte at `at`, which the caller knows to lie inside an array that is its own."""
    _store_byte(text[0] + at, value)


@compiled
def word_at(text: Any, at: Any) -> Any:
    """The eight bytes at `at`, the first one lowest."""
    if at + 8 <= text[1]:
        return _load_word(text[0] + at)
    value = np.uint64(0)
    for k in range(max(0, text[1] - at)):
        value |= np.uint64(_load_byte(text[0] + at + k)) << np.uint64(8 * k)
    return value


@compiled
def short_word_at(text: Any, at: Any, length: Any) -> Any:
    """The `length` (0..8) bytes at `at`, zeros behind them."""
    word = word_at(text, at)
    return word if length >= 8 else word & ((np.uint64(1) << np.uint64(8 * length)) - np.uint64(1))


@compiled
def first_marked(word: Any) -> Any:
    """How many bytes of a word stand before the first one whose highest bit is set; 8 where there is none."""
    marks = word & HIGHS
    return _trailing_zeros(marks) >> 3 if marks != np.uint64(0) else 8


@compiled
def next_byte(text: Any, s: Any, e: Any, byte: Any) -> Any:
    """The first place of `byte` in s..e, or `e`; `s` where it lies behind `e`."""
    pattern = np.uint64(byte) * _ONES
    at = s
    while at < e and at + 8 <= text[1]:
        differs = _load_word(text[0] + at) ^ pattern
        zeros = (differs - _ONES) & ~differs & HIGHS  # the lowest set bit marks the first byte that is equal
        if zeros != np.uint64(0):
            return min(at + first_marked(zeros), e)
        at += 8
    while at < e and _load_byte(text[0] + at) != byte:
        at += 1
    return at if at <= e else max(s, e)


def packed(word: bytes) -> npt.NDArray[np.uint64]:
    """A word to compare with `begins`: its length, then its bytes by eight."""
    padded = word + bytes(-len(word) % 8)
    return np.concatenate((np.array([len(word)], np.uint64), np.frombuffer(padded, np.dtype("<u8"))))


@compiled
def begins(text: Any, s: Any, e: Any, word: Any) -> Any:
    """Whether s..e begins with the packed word."""
    left = np.int64(word[0])
    if e - s < left:
        return False
    differs = np.uint64(0)
    for k in range(1, word.size):
        differs |= short_word_at(text, s, min(left, 8)) ^ word[k]
        s, left = s + 8, left - 8
    return differs == np.uint64(0)


@compiled
def is_word(text: Any, s: Any, e: Any, word: Any) -> Any:
    """Whether s..e is the packed word."""
    return e - s == np.int64(word[0]) and begins(text, s, e, word)
