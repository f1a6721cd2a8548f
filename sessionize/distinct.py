"""Distinct subjects at places, by hour and over the day, for several counts at once: one scan in the order of subjects.

What does not live here: what is counted, and where (`passage`).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from schemas.compiled import compiled, compiled_leaf
from schemas.zone_hour import LEVELS
from sessionize.hours import Ints

NOWHERE = -1
COUNTS = 3  # how many counts a mark may tell of
EVERYWHERE = sum(1 << COUNTS * level for level in range(len(LEVELS)))  # times a count's bit: at every level

_TOLD_ONCE = (1 << COUNTS) - 1
_HOUR_BIT = COUNTS * len(LEVELS)  # a mark in one word: what is told, hour, place
_HOUR_MASK = 31
_PLACE_BIT = _HOUR_BIT + 5


class Marks(NamedTuple):
    """Subjects at places in hours of the day: codes, in any order, repeats are harmless.

    `told` has a bit for each level and, within it, each count: where the mark makes the subject count.
    """

    place: Ints
    hour: Ints
    subject: Ints
    told: Ints


@compiled
def counted(marks: Marks, left_out: NDArray[np.bool_], levels: Ints, places: int, hours: int) -> Ints:
    """int64[counts, places of all levels, hours and then the day]: distinct subjects that are not left out.

    Args:
        left_out: of each code of a subject.
        levels: int64[levels, codes of places], the place there or NOWHERE; places of all levels are numbered together.
    """
    counts = np.zeros((COUNTS, places, hours + 1), np.int64)
    last = np.full((places, hours + 1), -1, np.int64)  # who was there last, and counts in what
    words, begins = _by_subject(marks, len(left_out))
    for subject in range(len(left_out)):
        if left_out[subject]:
            continue
        for i in range(begins[subject], begins[subject + 1]):
            for level in range(len(levels)):
                place = levels[level, words[i] >> _PLACE_BIT]
                told = words[i] >> COUNTS * level & _TOLD_ONCE
                if place != NOWHERE and told:
                    _count(place, words[i] >> _HOUR_BIT & _HOUR_MASK, subject, told, last, counts)
                    _count(place, hours, subject, told, last, counts)
    return counts


@compiled_leaf
def _count(place: int, slot: int, subject: int, told: int, last: Ints, counts: Ints) -> None:
    """Count the subject in what is told of it and it does not count in yet."""
    known = last[place, slot] & _TOLD_ONCE if last[place, slot] >> COUNTS == subject else 0
    new = told & ~known
    if new:
        last[place, slot] = subject << COUNTS | known | told
        for count in range(COUNTS):
            counts[count, place, slot] += new >> count & 1


@compiled
def _by_subject(marks: Marks, subjects: int) -> tuple[Ints, Ints]:
    """The marks, each one word, in the order of their subjects; subject `s` has words[begins[s] : begins[s + 1]]."""
    begins = np.zeros(subjects + 2, np.int64)
    for subject in marks.subject:
        begins[subject + 2] += 1
    begins = np.cumsum(begins)
    words = np.empty(len(marks.subject), np.int64)
    for i in range(len(words)):
        after = marks.subject[i] + 1
        words[begins[after]] = marks.place[i] << _PLACE_BIT | marks.hour[i] << _HOUR_BIT | marks.told[i]
        begins[after] += 1
    return words, begins
