"""A file that is deleted after it was listed is passed over and named; what else hinders a reader is an error."""

import datetime
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingest.feed import Feed
from pipelines.auto_feeds import auto_feeds
from pipelines.clock_offsets import time_of_file
from pipelines.config import FeedConfig
from pipelines.days import run_days
from pipelines.job import Job, make_job
from pipelines.live.capture_tail import CaptureTail
from pipelines.live.tail import Tail
from pipelines.raw_hours import RawHours
from pipelines.sources.folder import RawFile, matching
from pipelines.sources.pieces import tasks_of
from pipelines.summary import Reporter
from schemas import InputError
from tests.captures.test_run import APS, DAY, DISTRICT, ZONES
from tests.captures.written import PROBE, RADIOTAP, pcap, radiotap

DATE = datetime.date.fromisoformat(DAY)
GONE, NAMED = "gone.pcap", "gone.pcap: no such file any more: passed over"
CAPTURE = pcap([radiotap(PROBE)] * 3, RADIOTAP)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A district of two captures, one of which will go."""
    config, raw = tmp_path / "district", tmp_path / "raw"
    config.mkdir()
    raw.mkdir()
    for name, text in (("district.toml", DISTRICT), ("aps.csv", APS), ("zones.csv", ZONES)):
        (config / name).write_text(text, encoding="utf-8")
    for name in (GONE, "kept.pcap"):
        (raw / name).write_bytes(CAPTURE)
    return make_job(config=config, raw=raw, data=tmp_path / "data", definition=None, shards=1)


@pytest.fixture
def job_under_capture(job: Job, monkeypatch: pytest.MonkeyPatch) -> Job:
    """The same, whose files are deleted as soon as they are listed."""

    listed = matching(job.raw, "*.pcap")

    def files(self: Job, feed: FeedConfig) -> list[RawFile]:
        (self.raw_here / GONE).unlink(missing_ok=True)
        return listed

    monkeypatch.setattr(Job, "files", files)
    return job


def test_a_run_goes_on_without_it(job_under_capture, tmp_path, caplog):
    run_days(job=job_under_capture, days=[DATE], reporter=Reporter())
    ledger = pq.read_table(tmp_path / "data" / "ledger" / f"day={DAY}" / "default.parquet").to_pylist()
    assert [(row["status"], row["records"]) for row in ledger] == [("kept", 3)]
    assert NAMED in caplog.text


def test_a_run_that_missed_it_does_not_know_it(job_under_capture):
    before = (path := job_under_capture.raw_here / GONE).stat()
    run_days(job=job_under_capture, days=[DATE], reporter=Reporter())
    path.write_bytes(CAPTURE)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert [one.file.name for one in RawHours(job_under_capture).unread()] == [GONE]


@pytest.mark.parametrize("form", ["capture", "hostapd", "parquet"])
def test_it_has_no_records_in_any_format(tmp_path, form, caplog):
    (tmp_path / GONE).write_bytes(b"any")
    (file,) = matching(tmp_path, "*")
    file.path.unlink()
    assert list(tasks_of(Feed("door", form, idle_s=300), file, time_of_file(file))) == []
    assert NAMED in caplog.text


@pytest.mark.parametrize("kind", [Tail, CaptureTail])
def test_a_stream_goes_on_with_the_next(job, kind, caplog):
    tail = kind("door", job.raw_here, "*.pcap")
    sizes = tail.sizes()
    (job.raw_here / GONE).unlink()
    read = tail.new(sizes, last=True)
    assert read is not None
    assert read.file == "kept.pcap"
    assert "gone.pcap: no such file any more: passed over" in caplog.text


def test_recognition_goes_on_without_it(job, monkeypatch, caplog):
    listed = matching(job.raw, "*")
    (job.raw_here / GONE).unlink()
    monkeypatch.setattr("pipelines.auto_feeds.files_of", lambda *_: listed)
    assert [line.partition(":")[0] for line in auto_feeds(job.config, job.raw)[1]] == ["kept.pcap"]
    assert NAMED in caplog.text


def test_it_is_in_no_list_if_it_goes_while_the_folder_is_read(tmp_path, monkeypatch):
    def glob(folder: Path, _: str) -> Sequence[Path]:
        return [folder / GONE, folder / "kept.pcap"]

    (tmp_path / "kept.pcap").touch()
    monkeypatch.setattr(Path, "glob", glob)
    assert [file.name for file in matching(tmp_path, "*")] == ["kept.pcap"]


def test_a_folder_that_is_gone_as_a_whole_is_an_error(tmp_path):
    (tmp_path / "door").mkdir()
    (tmp_path / "door" / GONE).touch()
    (file,) = matching(tmp_path, "**/*.pcap")
    shutil.rmtree(tmp_path / "door")
    with pytest.raises(InputError, match=r"^door/gone.pcap: no such file or directory\n"):
        list(tasks_of(Feed("door", "capture", idle_s=300), file, 0))


def test_a_link_that_leads_nowhere_is_an_error(tmp_path):
    (tmp_path / GONE).symlink_to("nowhere.pcap")
    (file,) = matching(tmp_path, "*")
    for read in (lambda: list(tasks_of(Feed("door", "capture", idle_s=300), file, 0)), lambda: time_of_file(file)):
        with pytest.raises(InputError, match=r"^gone.pcap: no such file or directory\n"):
            read()
