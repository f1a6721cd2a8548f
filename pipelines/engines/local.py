"""The local engine: a machine's cores over the chunks of a file and over the shards of a day; holds no rule.

Threads, for everything hot releases the interpreter lock: the parsers, the kernel, Arrow, encryption (decision 0002).
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

In = TypeVar("In")
Out = TypeVar("Out")

CORES = os.cpu_count() or 1


def in_order(work: Callable[[In], Out], items: Iterable[In], workers: int = CORES) -> Iterator[Out]:
    """`work(item)` for each item, in the order of the items; at most 2 x `workers` of them are in memory at once."""
    if workers == 1:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(workers) as pool:
        under_way: deque[Future[Out]] = deque()
        for item in items:
            under_way.append(pool.submit(work, item))
            if len(under_way) >= 2 * workers:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
