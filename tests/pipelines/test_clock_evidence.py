"""Which raw files are looked at for a second clock, and how often."""

import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from ingest.clock_graph import linked_offsets
from ingest.clock_links import Clock
from ingest.skew import Line
from pipelines.calendar import TradingCalendar
from pipelines.clock_evidence import ClockEvidence
from pipelines.clock_offsets import time_of_file
from pipelines.job import make_job
from pipelines.sources.folder import RawFile, matching

DISTRICT = """
[district]
name = "corner"
time_zone = "Asia/Shanghai"
[[feeds]]
name = "street"
format = "hostapd"
glob = "street/*.log"
[[feeds]]
name = "gate"
format = "wifidog"
glob = "gate/*.log"
"""
RELAYED = "Nov 21 09:00:03 relay-1 <30>Nov 21 09:00:01 street-1 hostapd: wlan0: AP-STA-CONNECTED 02:00:00:00:00:01\n"
MINUTE_MS = 60_000


@pytest.fixture
def evidence(tmp_path: Path) -> ClockEvidence:
    for name, text in (
        ("district/district.toml", DISTRICT),
        ("district/aps.csv", "ap,zone\nstreet-1,road\n"),
        ("district/zones.csv", "zone,site\nroad,street\n"),
        ("raw/gate/access.log", "a line\n"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    folders = {"config": tmp_path / "district", "raw": tmp_path / "raw", "data": tmp_path / "data"}
    job = make_job(**folders, definition=None, shards=1)
    return ClockEvidence(job, time_of_file, job.calendar)


@pytest.fixture
def globs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The globs that were looked for."""
    found: list[str] = []

    def noted(root: Path, glob: str) -> list[RawFile]:
        found.append(glob)
        return matching(root, glob)

    monkeypatch.setattr("pipelines.clock_evidence.matching", noted)
    return found


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The instant that it is."""
    at_ms = [1_795_284_000_000]
    monkeypatch.setattr("pipelines.clock_evidence.now_ms", lambda: at_ms[0])
    return at_ms


def test_files_of_a_format_that_tells_one_clock_are_not_read(evidence: ClockEvidence, globs: list[str]) -> None:
    gate = evidence.feeds[1]
    assert not evidence.is_measured(gate)
    assert globs == []


def test_a_file_that_is_not_there_yet_is_looked_for_once_a_minute(
    evidence: ClockEvidence, globs: list[str], clock: list[int], tmp_path: Path
) -> None:
    for _ in range(3):
        assert not evidence.has_anchor()
    assert globs == ["street/*.log"]
    (tmp_path / "raw" / "street").mkdir()
    (tmp_path / "raw" / "street" / "2026-11-21.log").write_text(RELAYED)
    assert not evidence.has_anchor()
    clock[0] += MINUTE_MS
    assert evidence.has_anchor()
    clock[0] += MINUTE_MS
    assert evidence.has_anchor()
    assert len(globs) == 2


def test_what_pairs_tell_of_a_day_is_worked_out_once_for_all_feeds(
    evidence: ClockEvidence, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    worked_out: list[datetime.date] = []

    def noted(pairs: pa.Table, known: dict[Clock, Line], date: datetime.date, start_ms: int, end_ms: int) -> pa.Table:
        worked_out.append(date)
        return linked_offsets(pairs, known, date, start_ms, end_ms)

    monkeypatch.setattr("pipelines.clock_evidence.linked_offsets", noted)
    (tmp_path / "raw" / "street").mkdir()
    (tmp_path / "raw" / "street" / "2026-11-21.log").write_text(RELAYED)
    day = TradingCalendar("corner", "Asia/Shanghai", datetime.time(5), 0, 0).day(datetime.date(2026, 11, 22))
    street, gate = evidence.feeds
    assert evidence.offsets(street, day, True)["method"].to_pylist() == ["too-few"]
    assert evidence.offsets(gate, day, False).num_rows == 0
    assert worked_out == [day.date]
