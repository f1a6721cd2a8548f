"""A data folder over several runs: in any order of days, of one district, and open to nobody who need not read it."""

import shutil
import stat
from pathlib import Path

import pytest

from pipelines import day
from pipelines.simulate.simulation import Simulated
from tests.integration.days import DAY, Folder
from tests.product.command import shangquan

DAY_BEFORE = "2026-11-02"


def test_the_order_in_which_days_run_makes_no_difference(made: Simulated, tmp_path: Path):
    """A day that is run late changes the profiles of the days after it, which look back on it."""
    forwards = Folder(made, tmp_path / "forwards")
    shangquan("run", *forwards.asked(day=f"{DAY_BEFORE}..{DAY}")).done()
    backwards = Folder(made, tmp_path / "backwards").with_keys_of(forwards)
    shangquan("run", *backwards.asked(day=DAY)).done()
    alone = backwards.digest()
    said = shangquan("run", *backwards.asked(day=DAY_BEFORE))
    assert "profiles of 1 later days made anew" in said.err
    assert alone != backwards.digest() == forwards.digest()


def test_a_data_folder_is_of_one_district(made: Simulated, undisturbed: Folder, tmp_path: Path):
    """Files and keys name days, not districts: a second one would overwrite the first, under the same keys."""
    shutil.copytree(made.district, tmp_path / "other")
    settings = tmp_path / "other" / "district.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('name = "harbour"', 'name = "hillside"'), encoding="utf-8")
    asked = undisturbed.asked()
    asked[asked.index(made.district)] = tmp_path / "other"
    for command in ("ingest", "run"):
        said = shangquan(command, *asked).refused(10)
        assert "holds district harbour, not hillside" in said


def test_which_device_is_whose_is_for_the_service_alone(undisturbed: Folder):
    assert stat.S_IMODE((undisturbed.data / "logins.parquet").stat().st_mode) == 0o600


def test_no_day_without_records_leaves_its_window_behind(
    made: Simulated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Memory and tail touch days that nothing lies in; what went to disk for them goes when that is known."""
    monkeypatch.setattr(day, "SPILL_BYTES", 1)
    folder = Folder(made, tmp_path / "data")
    shangquan("ingest", *folder.asked(day="all")).done()
    spilled = {path.parent for path in folder.data.rglob("*.spill")}
    assert len(spilled) >= 2
    assert all((folder / "tally.json").exists() for folder in spilled)


def test_a_portal_that_cannot_be_read_is_told_of(made: Simulated, tmp_path: Path):
    """Otherwise a renamed column makes a day without members, and nobody knows."""
    shutil.copytree(made.raw, tmp_path / "raw")
    for path in (tmp_path / "raw" / "portal").iterdir():
        path.write_text(path.read_text().replace("device", "phone", 1))
    folder = Folder(made, tmp_path / "data")
    said = shangquan("ingest", *folder.asked(tmp_path / "raw"))
    assert said.code == 0
    assert f"portal: portal/{DAY}.csv: no login in it could be read" in said.err


def test_what_is_made_is_for_the_service_alone(undisturbed: Folder):
    """Exports of the district name members, and files follow the umask: the folder around them does not."""
    assert stat.S_IMODE(undisturbed.data.stat().st_mode) == 0o700
