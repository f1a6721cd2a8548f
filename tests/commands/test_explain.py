"""`explain visit`: every visit comes back from its own lines, no address is shown, and it fails closed."""

import gzip
import json
import re
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.clock import now_ms
from pipelines.keyring import Keyring
from pipelines.keystore import KeyFolder
from tests.commands.corner import ALICE, BADGE, BOB, CAROL, DAY, MALL, Corner
from tests.product.command import shangquan

SAME = "these lines alone make the same visit"


def visits(corner: Corner, definition: str = "default") -> list[dict[str, object]]:
    rows: list[dict[str, object]] = pq.read_table(
        corner.data / "visits" / f"day={DAY}" / f"{definition}.parquet", partitioning=None
    ).to_pylist()
    return rows


@pytest.fixture
def copied(corner: Corner, tmp_path: Path) -> Corner:
    """The same folders, to be harmed."""
    for part in (corner.config, corner.raw, corner.data, corner.data.with_name("data.keys")):
        shutil.copytree(part, tmp_path / part.name)
    return Corner(tmp_path / "district", tmp_path / "raw", tmp_path / "data")


@pytest.mark.parametrize("definition", ["default", "by-site"])
def test_every_visit_comes_back_from_its_own_lines(corner: Corner, definition: str) -> None:
    rows = visits(corner, definition)
    assert len(rows) == {"default": 4, "by-site": 5}[definition]
    for row in rows:
        shown = shangquan("explain", "visit", row["visit_id"], *corner.options)
        assert shown.code == 0, shown.err
        assert SAME in shown.out
        assert shown.out.count("[the device]") == len(re.findall(r"\.(?:log|gz):\d+$", shown.out, re.MULTILINE))


def test_no_address_is_shown(corner: Corner) -> None:
    shown = "".join(shangquan("explain", "visit", row["visit_id"], *corner.options).out for row in visits(corner))
    plain = re.sub(r"[:.\-]", "", shown.lower())
    assert "associated" in shown
    for address in (ALICE, BOB, CAROL):
        assert address.replace(":", "") not in plain
    assert BADGE not in shown


def test_a_line_names_its_file_and_its_place_in_an_archive(corner: Corner) -> None:
    shown = [shangquan("explain", "visit", row["visit_id"], *corner.options).out for row in visits(corner)]
    alice = next(text for text in shown if "shop-1" in text and "street-1" in text)
    assert "street/week.tar.xz!saturday.log:1" in alice
    assert "mall/saturday.csv.gz:3" in alice
    assert "dwell 0:50:00" in alice


def test_a_join_elsewhere_that_ends_a_visit_is_read_too(corner: Corner) -> None:
    """Alice leaves the street by joining in the mall: the row is the mall visit's, and ends the street's."""
    rows = [row for row in visits(corner, "by-site") if row["site"] == "street"]
    shown = [shangquan("explain", "visit", row["visit_id"], *corner.options).out for row in rows]
    assert any("shop-1" in text for text in shown)


def test_json_is_one_object_a_line(corner: Corner) -> None:
    shown = shangquan("explain", "visit", visits(corner)[0]["visit_id"], *corner.options, "--json")
    *lines, closing = [json.loads(line) for line in shown.out.splitlines()]
    assert {"at", "kind", "ap", "zone", "file", "line", "text"} == set(lines[0])
    assert closing["lines"] == len(lines)


def test_without_the_key_nothing_is_shown(copied: Corner) -> None:
    Keyring(KeyFolder(copied.data.with_name("data.keys"))).shred_expired(now_ms() + 10**10)
    refused = shangquan("explain", "visit", visits(copied)[0]["visit_id"], *copied.options)
    assert (refused.code, refused.out) == (14, "")
    assert "was destroyed" in refused.err


def test_without_the_keyring_no_key_is_made(copied: Corner) -> None:
    shutil.rmtree(copied.data.with_name("data.keys"))
    refused = shangquan("explain", "visit", visits(copied)[0]["visit_id"], *copied.options)
    assert (refused.code, refused.out) == (14, "")


def test_a_changed_file_is_not_shown(copied: Corner) -> None:
    """What stands at the visit's line now may be anybody's."""
    others = MALL.replace(ALICE.replace(":", "-"), CAROL).replace(ALICE.replace(":", ""), CAROL)
    (copied.raw / "mall" / "saturday.csv.gz").write_bytes(gzip.compress(others.encode()))
    alice = next(row for row in visits(copied) if row["end_ms"] - row["start_ms"] == 50 * 60_000)  # type: ignore[operator]
    refused = shangquan("explain", "visit", alice["visit_id"], *copied.options)
    assert (refused.code, refused.out) == (11, "")
    assert "does not give this visit's device" in refused.err


def test_a_file_that_is_gone_is_named(copied: Corner) -> None:
    shutil.rmtree(copied.raw / "street")
    codes = [shangquan("explain", "visit", row["visit_id"], *copied.options) for row in visits(copied)]
    assert any(end.code == 11 and "no file street/week.tar.xz" in end.err for end in codes)


def test_an_unknown_visit(corner: Corner) -> None:
    refused = shangquan("explain", "visit", 1, *corner.options)
    assert refused.code == 11
    assert "no visit 1" in refused.err
