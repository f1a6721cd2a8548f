"""Decision 0002: parsing and pseudonymising the same chunks in one thread, in threads and in processes.

    python benchmarks/threads_or_processes.py --config D/district --raw D/raw [--workers 2]

Prints the best of three of each, warm, and the rows that each one handed back (they must be equal).
"""

import argparse
import datetime
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa

from ingest.formats import FORMATS
from ingest.sightings import sightings_of
from ingest.subjects import Subjects
from pipelines.engines.local import in_order
from pipelines.job import Job, make_job
from pipelines.sources.chunks import Chunk, chunks_of
from pipelines.sources.folder import files_of
from schemas.day import Day

CHUNK_BYTES = 4 << 20
ROUNDS = 3
EVER = Day("bench", datetime.date(2026, 1, 1), 0, 1 << 60, 0, 1 << 60)

Task = tuple[str, bytes, bytes, int]  # feed, head, chunk, first line


class Worker:
    """What one worker needs: the job, and subjects under a key of zeros."""

    job: Job
    subjects: Subjects

    @classmethod
    def prepare(cls, config: Path) -> None:
        cls.job = make_job(config=config, raw=None, data=None, definition=None, shards=1)
        cls.subjects = Subjects(bytes(32))
        _ = cls.job.district

    @classmethod
    def sightings(cls, task: Task) -> pa.Table:
        name, head, data, line = task
        feed = next(cls.job.config.feed(one) for one in cls.job.config.feeds if one.name == name)
        reading = FORMATS[feed.format].prepare(head, feed).parse(data, line, 0)
        return sightings_of(reading, feed, name, cls.job.district.registry, EVER, cls.subjects)[0]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--config", type=Path, required=True)
    options.add_argument("--raw", type=Path, required=True)
    options.add_argument("--workers", type=int, default=2)
    given = options.parse_args()
    Worker.prepare(given.config)
    tasks = list(tasks_of(Worker.job, given.raw))
    print(f"{sum(len(task[2]) for task in tasks):,} bytes in {len(tasks)} chunks, {given.workers} workers")
    with ProcessPoolExecutor(given.workers, get_context("spawn"), Worker.prepare, (given.config,)) as pool:
        ways: dict[str, Callable[[], Iterator[pa.Table]]] = {
            "one thread": lambda: map(Worker.sightings, tasks),
            "threads": lambda: in_order(Worker.sightings, tasks, given.workers),
            "processes": lambda: pool.map(Worker.sightings, tasks),
        }
        for name, way in ways.items():
            rows, seconds = best_of(way)
            print(f"{name:11} {seconds:6.2f} s  {rows:,} rows")


def tasks_of(job: Job, raw: Path) -> Iterator[Task]:
    for feed in job.config.feeds:
        for file in files_of(raw, feed.glob):
            head = b""
            for chunk in chunks_of(file, CHUNK_BYTES):
                if isinstance(chunk, Chunk):
                    head = head or chunk.data[: 1 << 16]
                    yield feed.name, head, chunk.data, chunk.first_line


def best_of(way: Callable[[], Iterator[pa.Table]]) -> tuple[int, float]:
    """Rows, and the shortest of some rounds after a first one that compiles."""
    rows = sum(table.num_rows for table in way())
    seconds = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        rows = sum(table.num_rows for table in way())
        seconds.append(time.perf_counter() - begin)
    return rows, min(seconds)


if __name__ == "__main__":
    main()
