"""`shangquan run` killed with SIGKILL at moments spread over its length, then run to its end: as if undisturbed."""

import random
import subprocess
import time
from pathlib import Path

import pytest

from pipelines.warehouse.tables import LAYERS
from tests.integration.days import Folder, layer_of
from tests.product.command import ROOT, command

KILLS = 6


@pytest.fixture(scope="module")
def whole_run(undisturbed: Folder, tmp_path_factory: pytest.TempPathFactory) -> tuple[Folder, float]:
    """A run in a process of its own that nobody kills, and how many seconds it took."""
    folder = Folder(undisturbed.made, tmp_path_factory.mktemp("whole") / "data").with_keys_of(undisturbed)
    began = time.monotonic()
    run_to_its_end(folder)
    return folder, time.monotonic() - began


def test_a_process_gives_what_the_steps_gave(whole_run: tuple[Folder, float], undisturbed: Folder):
    assert whole_run[0].digest() == undisturbed.digest()


def test_killed_again_and_again_then_run_to_its_end(whole_run: tuple[Folder, float], tmp_path: Path):
    whole, seconds = whole_run
    folder = Folder(whole.made, tmp_path / "data").with_keys_of(whole)
    for moment in kill_moments(seconds):
        kill_after(folder, moment)
        assert_every_layer_is_whole_or_absent(folder, whole)
    run_to_its_end(folder)
    assert folder.digest() == whole.digest()
    assert folder.stored() == folder.visible() == whole.visible()
    assert folder.half_written() == []
    assert names(folder) == names(whole)


def kill_moments(seconds: float) -> list[float]:
    """One moment in each of `KILLS` equal parts of a run, in no order, the same ones for the same length."""
    rng = random.Random(20261103)
    moments = [seconds * (part + rng.random()) / KILLS for part in range(KILLS)]
    rng.shuffle(moments)
    return moments


def run_to_its_end(folder: Folder) -> None:
    run = started(folder)
    _, said = run.communicate(timeout=600)
    assert run.returncode == 0, said.decode()


def started(folder: Folder) -> subprocess.Popen[bytes]:
    asked = command("run", *folder.asked())
    return subprocess.Popen(asked, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def kill_after(folder: Folder, seconds: float) -> None:
    run = started(folder)
    try:
        run.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        run.kill()
        run.communicate()


def assert_every_layer_is_whole_or_absent(folder: Folder, whole: Folder) -> None:
    seen, full = folder.visible(), whole.visible()
    for layer in LAYERS:
        rows = layer_of(seen, layer)
        assert rows == layer_of(full, layer) or not any(rows.values()), layer


def names(folder: Folder) -> set[str]:
    """Every file of the data folder but the warehouse's own."""
    files = (path for path in folder.data.rglob("*") if path.is_file())
    return {name for file in files if not (name := file.relative_to(folder.data).as_posix()).startswith("warehouse/")}
