"""A load killed at any moment, then run again: the old day or the new one is visible, whole, and nothing is doubled."""

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).with_name("killed_load.py")
ROOT = SCRIPT.parents[2]

# Where a load that replaces a day dies, and which day is visible then. `!`: after the call.
MOMENTS = [
    ("insert", 1, "old"),
    ("insert!", 3, "old"),
    ("publish", 1, "old"),
    ("publish!", 1, "new"),
    ("execute", 11, "old"),  # 8 tables lose what the last kill left, then the sums are written, table by table
    ("execute", 16, "new"),  # the same, 5 tables of sums, the switch; then the old run goes table by table
]


def run(folder: Path, visits: int, *death: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), str(folder), str(visits), *death]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, timeout=60)


def test_killed_and_run_again(tmp_path: Path) -> None:
    digests = {visits: run(tmp_path / str(visits), visits).stdout.split()[1] for visits in (3, 5)}
    folder, old, new = tmp_path / "3", 3, 5
    for call, nth, visible in MOMENTS:
        died = run(folder, new, call, str(nth))
        assert died.returncode == -9, died.stderr
        assert died.stdout.split() == [digests[old]], (call, nth)
        if visible == "new":
            old, new = new, old
    again = run(folder, new)
    assert again.stdout.split() == [digests[old], digests[new], str(2 * new)], again.stderr
