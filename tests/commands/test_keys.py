"""`shangquan keys`: what an operator sees of the keys, and what each of their ends means for the days they made."""

import json
import shutil
import stat
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.commands.corner import ALICE, DAY, Corner
from tests.product.command import shangquan

KEYRING = "keyring.json"
VAULT = """
import pathlib, sys
kept = pathlib.Path(sys.argv[1])
if sys.argv[2] == "get":
    sys.stdout.buffer.write(kept.read_bytes() if kept.exists() else b"")
else:
    kept.write_bytes(sys.stdin.buffer.read())
"""


@pytest.fixture
def copied(corner: Corner, tmp_path: Path) -> Corner:
    """The corner's data with its keys, to be spoilt."""
    shutil.copytree(corner.data, tmp_path / "data", symlinks=True)
    shutil.copytree(corner.data.with_name("data.keys"), tmp_path / "data.keys")
    return Corner(corner.config, corner.raw, tmp_path / "data")


def keys_of(corner: Corner) -> Path:
    return corner.data.with_name("data.keys")


def run_again(corner: Corner):
    return shangquan("run", *corner.options, "--day", DAY)


def keys(corner: Corner, *arguments: str):
    return shangquan("keys", *arguments, "--config", corner.config, "--data", corner.data)


def test_the_list_names_every_key_and_shows_no_secret(copied: Corner):
    said = keys(copied, "list").done()
    stored = json.loads((keys_of(copied) / KEYRING).read_text())["days"][DAY]
    assert DAY in said
    assert stored["key_id"] in said
    assert stored["secret"] not in said


def test_a_shredded_day_stays_as_published_and_can_never_be_restated(copied: Corner):
    before = pq.read_table(copied.data / "visits" / f"day={DAY}" / "default.parquet", partitioning=None)
    secret = json.loads((keys_of(copied) / KEYRING).read_text())["days"][DAY]["secret"]
    keys(copied, "shred", "--day", DAY, "--yes").done()
    assert all(secret not in path.read_text() for path in keys_of(copied).iterdir())
    assert "was destroyed" in run_again(copied).refused(14)
    assert "destroyed" in keys(copied, "list").done()
    after = pq.read_table(copied.data / "visits" / f"day={DAY}" / "default.parquet", partitioning=None)
    assert after.equals(before)


def test_a_lost_key_is_an_error_and_no_new_one_is_made(copied: Corner):
    (keys_of(copied) / KEYRING).unlink()
    assert "is not in" in run_again(copied).refused(14)
    assert not (keys_of(copied) / KEYRING).exists()


def test_a_backup_holds_the_long_lived_keys_alone_and_brings_them_back(copied: Corner, tmp_path: Path):
    (tmp_path / "objections").write_text(ALICE)
    opt_out = ("opt-out", "add", "--config", copied.config, "--data", copied.data, "--file", tmp_path / "objections")
    shangquan(*opt_out).done()
    keys(copied, "backup", "--out", str(tmp_path / "kept.json")).done()
    kept, ring = tmp_path / "kept.json", keys_of(copied) / KEYRING
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert json.loads(kept.read_text())["days"] == {}
    stored = json.loads(ring.read_text())
    ring.write_text(json.dumps(stored | {"opt_outs": None}))
    assert "opt-out key is not in" in run_again(copied).refused(14)
    keys(copied, "restore", "--from", str(kept)).done()
    assert json.loads(ring.read_text()) == stored
    run_again(copied).done()


def test_a_backup_never_replaces_another_key(copied: Corner, tmp_path: Path):
    (tmp_path / "objections").write_text(ALICE)
    shangquan("opt-out", "add", "--config", copied.config, "--data", copied.data, "--file", tmp_path / "objections")
    keys(copied, "backup", "--out", str(tmp_path / "kept.json")).done()
    keys(copied, "shred", "--key", "opt-outs", "--yes").done()
    assert "destroyed it" in keys(copied, "restore", "--from", str(tmp_path / "kept.json")).refused(14)


def test_keys_may_lie_behind_a_command(corner: Corner, tmp_path: Path):
    script, vault = tmp_path / "vault.py", tmp_path / "vault"
    script.write_text(VAULT)
    config = tmp_path / "district"
    shutil.copytree(corner.config, config)
    settings = (config / "district.toml").read_text()
    command = json.dumps([sys.executable, str(script), str(vault)])
    (config / "district.toml").write_text(f"{settings}\n[privacy]\nkeys_command = {command}\n")
    made = Corner(config, corner.raw, tmp_path / "data")
    run_again(made).done()
    assert DAY in json.loads(vault.read_text())["days"]
    assert [path.name for path in keys_of(made).iterdir()] == ["lock"]
    run_again(made).done()


def test_a_vault_that_does_not_answer_stops_the_run(corner: Corner, tmp_path: Path):
    config = tmp_path / "district"
    shutil.copytree(corner.config, config)
    settings = (config / "district.toml").read_text()
    (config / "district.toml").write_text(f'{settings}\n[privacy]\nkeys_command = ["false"]\n')
    made = Corner(config, corner.raw, tmp_path / "data")
    assert "keys_command false get: ended with 1" in run_again(made).refused(14)
    assert not (made.data / "visits").exists()


def test_what_was_ingested_and_never_loaded_goes_with_its_days_key(copied: Corner) -> None:
    shangquan("ingest", *copied.options, "--day", DAY).done()
    work = copied.data / "work" / f"day={DAY}"
    assert list(work.rglob("*.spill"))
    shangquan("keys", "shred", "--config", copied.config, "--data", copied.data, "--day", DAY, "--yes").done()
    shangquan("run", *copied.options, "--day", DAY).refused(14)
    assert not list(work.rglob("*.spill"))
    assert list(work.rglob("tally.json"))  # against which the gate holds what was made of it
