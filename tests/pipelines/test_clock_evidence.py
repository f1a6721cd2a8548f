"""Which raw files are looked at for a second clock, and how often."""

from pathlib import Path

import pytest

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
