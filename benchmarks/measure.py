"""One way of doing a thing in a process of its own: its first call, its warm calls, its peak memory, its answer.

What does not live here: any way (`gap_visits`, `logs_to_stays`), and what is printed (`page`).
"""

import importlib
import json
import math
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Measured:
    """`first_s`: from the start of the process, imports and loading of compiled code included. `warm_s`: the median of
    the calls after it, and `cpu_s` that of their CPU, all threads; nan if there were none. `answer`: what the way gave,
    the same for equal results."""

    first_s: float
    warm_s: float
    cpu_s: float
    peak_mb: float
    answer: Any


def measured(way: str, *args: str, calls: int = 1) -> Measured:
    """`way` is "module:function" of benchmarks, called `calls` times with `args`; its answer travels as JSON.

    RuntimeError if it fails, or gives another answer when called again.
    """
    began = time.time()
    command = [sys.executable, "-m", "benchmarks.measure", way, str(calls), *args]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError(f"{way} {' '.join(args)}: exit code {done.returncode}")
    told = json.loads(done.stdout.splitlines()[-1])
    warm, cpu = (statistics.median(times) for times in zip(*told["later_s"] or [(math.nan, math.nan)], strict=True))
    return Measured(told["ended"] - began, warm, cpu, told["peak_mb"], told["answer"])


def _child(way: str, calls: int, args: list[str]) -> None:
    module, _, name = way.partition(":")
    function = getattr(importlib.import_module(f"benchmarks.{module}"), name)
    answer = function(*args)
    ended, later = time.time(), []
    for _ in range(calls - 1):
        began, cpu = time.perf_counter(), time.process_time()
        if function(*args) != answer:
            raise RuntimeError(f"{way}: another answer the second time")
        later.append((time.perf_counter() - began, time.process_time() - cpu))
    print(json.dumps({"ended": ended, "later_s": later, "peak_mb": _peak_mb(), "answer": answer}, default=str))


def _peak_mb() -> float:
    """Of this program: `ru_maxrss` would count the process that started it as well (Linux keeps it through exec)."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    _child(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
