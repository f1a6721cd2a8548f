"""A new firmware at noon, through the whole product: refused in the same run, told on the page, nothing loaded."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.commands.corner import APS, ZONES
from tests.product.command import shangquan

DISTRICT = """
[district]
name = "corner"
time_zone = "Asia/Shanghai"

[[feeds]]
name = "street"
format = "hostapd"
glob = "*.log"
"""
BEFORE, AFTER, NEXT = "2026-11-20", "2026-11-21", "2026-11-22"
ACCOUNT = "li.wei@example.cn"


def lines_of(date: str, word_at_noon: str) -> str:
    """120 associations in each of the hours 10 to 13 from as many devices; at noon the word changes."""
    lines = []
    for hour in range(10, 14):
        word = "associated" if hour < 12 else word_at_noon
        for number in range(120):
            at = f"{date}T{hour}:{number // 2:02}:{number % 2 * 30:02}+08:00"
            device = f"02:00:00:00:{hour:02x}:{number:02x}"
            lines.append(f"<30>1 {at} street-1 hostapd 812 - - wlan0: STA {device} IEEE 802.11: {word} (aid 4)\n")
    return "".join(lines)


@pytest.fixture
def options(tmp_path: Path) -> tuple[str, ...]:
    """A district whose first day is in order and loaded."""
    district, raw = tmp_path / "district", tmp_path / "raw"
    for path, text in (("district.toml", DISTRICT), ("aps.csv", APS), ("zones.csv", ZONES)):
        district.mkdir(exist_ok=True)
        (district / path).write_text(text, encoding="utf-8")
    raw.mkdir()
    (raw / f"{BEFORE}.log").write_text(lines_of(BEFORE, "associated"))
    options = ("--config", str(district), "--raw", str(raw), "--data", str(tmp_path / "data"))
    shangquan("run", *options).done()
    return options


def test_a_changed_word_is_an_alarm_in_the_same_run(options: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "raw" / f"{AFTER}.log").write_text(lines_of(AFTER, f"attached as {ACCOUNT}"))
    message = shangquan("run", *options, "--day", AFTER).refused(12)
    assert "street day: 50% of the lines are not understood, usually 0.0%" in message
    assert "hostapd 0 - - wlan0: sta 0:0:0:0:" in message
    assert " ieee 0.0: ~ ~ ~.~@~.~ (aid 0)" in message
    page = (tmp_path / "data" / "quality" / f"day={AFTER}" / "default.html").read_text(encoding="utf-8")
    assert "street 11:00" in page  # that of the last row that was read: lines that nobody understands have no time
    assert "street 10:00" not in page
    assert "li.wei" not in page + message


def test_every_hour_of_the_day_says_what_became_of_its_lines(options: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "raw" / f"{AFTER}.log").write_text(lines_of(AFTER, "attached"))
    shangquan("run", *options, "--day", AFTER).refused(12)
    folder = tmp_path / "data" / "feed_hours" / f"day={AFTER}" / "default.parquet"
    rows = pq.read_table(folder, partitioning=None).to_pylist()
    ended = [(row["hour_ms"] // 3_600_000 % 24 + 8, row["status"], row["reason"], row["records"]) for row in rows]
    # a line whose message is not known has no time: it counts with the row before it, here that of 11:59:30
    assert ended == [(10, "kept", "", 120), (11, "ignored", "other-message", 240), (11, "kept", "", 120)]


def test_the_same_day_without_the_change_is_loaded(options: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "raw" / f"{AFTER}.log").write_text(lines_of(AFTER, "associated"))
    assert "kept 480" in shangquan("run", *options, "--day", AFTER).done()


def test_a_refused_day_holds_up_no_other_and_is_run_again_once_it_is_mended(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    """Under meraki no day is known yet that the feed could have changed since: there the same day is loaded."""
    (tmp_path / "raw" / f"{AFTER}.log").write_text(lines_of(AFTER, "attached"))
    (tmp_path / "raw" / f"{NEXT}.log").write_text(lines_of(NEXT, "associated"))
    ended = shangquan("run", *options, "--definition", "default,meraki", "--days", f"{AFTER}..{NEXT}")
    assert ended.code == 12, ended
    assert (
        f"shangquan: quality gate: corner {AFTER} default@1: street day: 50% of the lines are not understood"
        in ended.err
    )
    loaded = [line.partition("  ")[0] for line in ended.out.splitlines() if "  read " in line]
    assert loaded == [f"{AFTER} meraki@1", f"{NEXT} default@1", f"{NEXT} meraki@1"]
    assert f"{AFTER}  default@1  final  not loaded" in shangquan("status", *options).done()
    (tmp_path / "raw" / f"{AFTER}.log").write_text(lines_of(AFTER, "associated"))
    assert f"{AFTER}  read " in shangquan("run", *options, "--since", BEFORE).done()
