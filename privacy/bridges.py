"""Edges on no cycle in the graph of a matrix: rows and columns are nodes, marked cells edges. Nothing of privacy."""

import numpy as np
from numpy.typing import NDArray


def bridges_of(marked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The marked cells (row, column) that lie on no cycle, ordered; Tarjan's low points without recursion."""
    rows = marked.shape[0]
    neighbours = [[rows + column for column in np.flatnonzero(line).tolist()] for line in marked]
    neighbours += [np.flatnonzero(line).tolist() for line in marked.T]
    found_at = [0] * len(neighbours)
    low = [0] * len(neighbours)
    bridges: list[tuple[int, int]] = []
    clock = 0
    for root in range(rows):
        if found_at[root]:
            continue
        clock += 1
        found_at[root] = low[root] = clock
        walk = [(root, -1, iter(neighbours[root]))]
        while walk:
            node, parent, rest = walk[-1]
            nearest = next(rest, None)
            if nearest is None:
                walk.pop()
                if walk:
                    low[parent] = min(low[parent], low[node])
                    if low[node] > found_at[parent]:
                        bridges.append((min(parent, node), max(parent, node) - rows))
            elif not found_at[nearest]:
                clock += 1
                found_at[nearest] = low[nearest] = clock
                walk.append((nearest, node, iter(neighbours[nearest])))
            elif nearest != parent:
                low[node] = min(low[node], found_at[nearest])
    return sorted(bridges)
