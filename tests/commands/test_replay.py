"""`replay rejected`: refused lines read again after a fix, shown without an address, and the day restated."""

import gzip
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.commands.corner import ALICE, BADGE, BOB, CAROL, DAY, MALL, Corner, write_corner
from tests.product.command import shangquan

UNKNOWN_WORD = f"{DAY} 11:30:00,shop-1,{CAROL},hereagain\n{DAY} 11:31:00,shop-1,{BADGE},hereagain\n"


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Corner:
    """A corner whose mall has begun to use a word of which district.toml knows nothing; its day was run."""
    made = write_corner(tmp_path_factory.mktemp("replay"))
    (made.raw / "mall" / "saturday.csv.gz").write_bytes(gzip.compress((MALL + UNKNOWN_WORD).encode()))
    shangquan("run", *made.options, "--day", DAY).done()
    return made


@pytest.fixture
def copied(refused: Corner, tmp_path: Path) -> Corner:
    """The same folders, to be changed; an embedded warehouse has one place, so the copy begins a new one."""
    for part in (refused.config, refused.raw, refused.data, refused.data.with_name("data.keys")):
        shutil.copytree(part, tmp_path / part.name, ignore=shutil.ignore_patterns("warehouse"))
    return Corner(tmp_path / "district", tmp_path / "raw", tmp_path / "data")


def replayed(corner: Corner, *more: str):
    return shangquan("replay", "rejected", *corner.options, "--day", DAY, *more)


def teach(corner: Corner) -> None:
    """district.toml learns the new word."""
    path = corner.config / "district.toml"
    path.write_text(path.read_text().replace('seen = "seen"', 'seen = "seen", hereagain = "seen"'))


def rejected_lines(corner: Corner) -> list[int]:
    path = corner.data / "rejected" / f"day={DAY}" / "default.parquet"
    lines: list[int] = pq.read_table(path, partitioning=None)["line"].to_pylist()
    return lines


def test_without_a_fix_every_line_is_still_refused(refused: Corner) -> None:
    said = replayed(refused).done()
    assert "mall  bad-kind  still refused 2" in said
    assert "mall  bad-time  still refused 1" in said
    assert "refused 3  kept now 0" in said


def test_after_a_fix_it_says_what_would_be_kept_and_changes_nothing(copied: Corner) -> None:
    teach(copied)
    before = rejected_lines(copied)
    said = replayed(copied)
    assert "mall  bad-kind  kept now 2" in said.done()
    assert "refused 3  kept now 2" in said.out
    assert "--apply" in said.err
    assert rejected_lines(copied) == before


def test_apply_restates_the_day_with_these_lines(copied: Corner) -> None:
    teach(copied)
    assert len(rejected_lines(copied)) == 3
    replayed(copied, "--apply").done()
    assert len(rejected_lines(copied)) == 1
    visits = pq.read_table(copied.data / "visits" / f"day={DAY}" / "default.parquet", partitioning=None).to_pylist()
    assert len(visits) == 6  # the four of the corner, and two for the lines of 11:30
    assert "refused 1  kept now 0" in replayed(copied, "--apply").done()


@pytest.mark.parametrize("is_mended", [False, True])
def test_no_address_is_shown(copied: Corner, is_mended: bool) -> None:
    if is_mended:
        teach(copied)
    ended = replayed(copied)
    said = ended.out + ended.err
    assert "mall/saturday.csv.gz:8" in said
    assert not [address for address in (ALICE, BOB, CAROL, BADGE, "badge") if address in said]


def test_a_raw_file_that_is_gone_is_named(copied: Corner) -> None:
    shutil.rmtree(copied.raw / "mall")
    assert "no file mall/saturday.csv.gz any more" in replayed(copied).refused(11)


def test_without_the_key_the_day_cannot_be_restated(copied: Corner) -> None:
    keys = ("keys", "shred", "--config", copied.config, "--data", copied.data, "--day", DAY, "--yes")
    shangquan(*keys).done()
    assert "was destroyed" in replayed(copied).refused(14)


@pytest.mark.parametrize(
    ("day", "code", "fault"), [("2026-11-01", 14, "no key of that day"), ("yesterday", 11, "yesterday")]
)
def test_a_day_that_never_ran(refused: Corner, day: str, code: int, fault: str) -> None:
    assert fault in shangquan("replay", "rejected", *refused.options, "--day", day).refused(code)
