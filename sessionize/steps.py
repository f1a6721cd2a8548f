"""The order of the rows of one step: by (at, AP name, kind), subjects mixed, each row once.

What does not live here: which rows a step takes (`arena`), the order of a whole day (`order`).
"""

import numpy as np

from schemas.compiled import compiled
from sessionize.walk import Ints


def in_step_order(subject: Ints, at: Ints, ap_kind: Ints, rank: Ints) -> Ints:
    """Indices of the rows in the order of the walk; of identical rows only the first. `rank`: by code of the AP."""
    if len(at) == 0:
        return np.empty(0, np.int64)
    key = (at - at.min()) * (4 * len(rank)) + rank[ap_kind >> 2] * 4 + (ap_kind & 3)
    order = np.argsort(key, kind="stable")
    return order[_first_of_each(order, key, np.ascontiguousarray(subject))]


@compiled
def _first_of_each(order: Ints, key: Ints, subject: Ints) -> Ints:
    """Sort rows of one key by subject, in place; return the places in `order` of the first of each identical row."""
    kept = np.empty(len(order), np.int64)
    n = 0
    for i in range(len(order)):
        row = order[i]
        j = i
        while j > 0 and key[order[j - 1]] == key[row] and subject[order[j - 1]] > subject[row]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = row
    for i in range(len(order)):
        same = i > 0 and key[order[i]] == key[order[i - 1]] and subject[order[i]] == subject[order[i - 1]]
        if not same:
            kept[n] = i
            n += 1
    return kept[:n]
