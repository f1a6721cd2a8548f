"""What a way costs with every process it starts, workers and JVMs too: time, CPU, memory of the whole tree.

    parent:  starts the child, samples its tree, counts CPU between the child's two marks
    child:   `measured_child(way)`: calls the way twice; the second call stands between the marks
    command: any other program, from its start to its end

Not here: any way (`engine_ways`, `beam_visits`), and what is printed (`engines`, `sizes`).
"""

import json
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import pyarrow.parquet as pq

from benchmarks.gap_visits import Answer, answer_of
from benchmarks.measure import ROOT

_EVERY_S = 0.25
_BEGIN, _END = "begin", "end"
Way = Callable[[str, Path], None]  # a file of sightings, a folder for Parquet of the visits


@dataclass(frozen=True)
class Cost:
    """`job_s`, `cpu_s`: of the second call. `peak_mb`: of the whole life, pages that are shared counted once."""

    job_s: float
    cpu_s: float
    peak_mb: float
    answer: Answer


def cost(python: str, module: str, *args: str) -> Cost:
    """`python -m module args`, a program that ends with `measured_child`. RuntimeError if it fails."""
    child = subprocess.Popen([python, "-m", module, *args], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    tree = _Tree(psutil.Process(child.pid))
    assert child.stdout is not None
    marks: dict[str, float] = {}
    told = {}
    for line in child.stdout:
        word = line.strip()
        if word in (_BEGIN, _END):
            marks[word] = tree.cpu_s()
        elif word.startswith("{"):
            told = json.loads(word)
    tree.end()
    if child.wait():
        raise RuntimeError(f"{module} {' '.join(args)}: exit code {child.returncode}")
    return Cost(told["job_s"], marks[_END] - marks[_BEGIN], tree.peak_mb, told["answer"])


@dataclass(frozen=True)
class WholeCost:
    """Of a program from its start to its end; `peak_mb` as in `Cost`."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def whole_cost(command: list[str]) -> WholeCost:
    """What a program costs that says nothing of interest. RuntimeError if it fails."""
    began = time.perf_counter()
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    tree = _Tree(psutil.Process(child.pid))
    code = child.wait()
    tree.end()
    if code:
        raise RuntimeError(f"{' '.join(command)}: exit code {code}")
    return WholeCost(time.perf_counter() - began, tree.seen_cpu_s, tree.peak_mb)


def measured_child(way: Way, path: str, out: Path) -> None:
    """Calls `way` twice, each into a folder of its own, and tells of the second call."""
    way(path, out / "first")
    print(_BEGIN, flush=True)
    began = time.perf_counter()
    way(path, out / "second")
    job_s = time.perf_counter() - began
    print(_END, flush=True)
    answer = answer_of(pq.read_table(out / "second", columns=["subject", "start_ms", "end_ms"]))
    print(json.dumps({"job_s": job_s, "answer": answer}), flush=True)


class _Tree:
    """A process and all below it, sampled until `end`."""

    def __init__(self, root: psutil.Process) -> None:
        self.peak_mb = 0.0
        self._root = root
        self._cpu: dict[int, float] = {}
        self._ended = threading.Event()
        self._sampler = threading.Thread(target=self._sample)
        self._sampler.start()

    def cpu_s(self) -> float:
        """Of all processes seen so far, those that have ended too."""
        self._look()
        return self.seen_cpu_s

    @property
    def seen_cpu_s(self) -> float:
        """The same as of the last sample."""
        return sum(self._cpu.values())

    def end(self) -> None:
        self._ended.set()
        self._sampler.join()

    def _sample(self) -> None:
        while not self._ended.wait(_EVERY_S):
            self.peak_mb = max(self.peak_mb, self._look())

    def _look(self) -> float:
        """MB of now; what each process has taken of CPU is noted."""
        memory = 0
        try:
            for process in (self._root, *self._root.children(recursive=True)):
                memory += self._of(process)
        except psutil.NoSuchProcess:
            pass
        return memory / (1 << 20)

    def _of(self, process: psutil.Process) -> int:
        try:
            times = process.cpu_times()
            self._cpu[process.pid] = times.user + times.system
            about = process.memory_full_info()
            return int(getattr(about, "pss", about.rss))
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return 0
