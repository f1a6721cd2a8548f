"""A stream follows captures: rotated ones and one that grows, by whole frames, to the visits of the day's run."""

import json
import subprocess
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.live.capture_tail import CaptureTail
from schemas import InputError
from tests.captures.test_run import APS, DAY, DISTRICT, ZONES
from tests.captures.written import AP, PHONE, PROBE, RADIOTAP, answer, management, pcap, pcapng, radiotap
from tests.product.command import command, shangquan

JOIN = management(3, PHONE, AP, AP, answer(0))
LEAVE = management(12, AP, PHONE, AP, b"\3\0")
FRAMES = [radiotap(frame) for frame in (PROBE, PROBE, JOIN, PROBE, LEAVE, PROBE)]
WHOLE = pcap(FRAMES, RADIOTAP)


@pytest.fixture
def options(tmp_path: Path) -> list[object]:
    config, raw = tmp_path / "district", tmp_path / "raw"
    config.mkdir()
    raw.mkdir()
    for name, text in (("district.toml", DISTRICT), ("aps.csv", APS), ("zones.csv", ZONES)):
        (config / name).write_text(text, encoding="utf-8")
    return ["--config", config, "--raw", raw, "--data", tmp_path / "data"]


def streamed(tmp_path: Path) -> list[tuple[object, ...]]:
    lines = (tmp_path / f"data/stream/visits/day={DAY}.ndjson").read_text(encoding="utf-8").splitlines()
    return [(row["visit_id"], row["start_ms"], row["end_ms"], row["sightings"]) for row in map(json.loads, lines)]


def of_the_run(tmp_path: Path) -> list[tuple[object, ...]]:
    path = tmp_path / "data" / "visits" / f"day={DAY}" / "default.parquet"
    rows = pq.read_table(path, partitioning=None).to_pylist()
    return [(row["visit_id"], row["start_ms"], row["end_ms"], row["sightings"]) for row in rows]


def test_rotated_captures_give_the_visits_of_the_run(options, tmp_path):
    for k in range(0, len(FRAMES), 2):
        capture = pcap(FRAMES[: k + 2], RADIOTAP)
        beginning = len(pcap(FRAMES[:k], RADIOTAP))
        (tmp_path / f"raw/{k}.pcap").write_bytes(capture[:24] + capture[beginning:])
    assert "kept 6" in shangquan("stream", *options, "--replay", "--until-end").done()
    shangquan("run", *options, "--day", DAY).done()
    assert len(of_the_run(tmp_path)) == 1
    assert streamed(tmp_path) == of_the_run(tmp_path)


def test_a_capture_that_grows_is_followed_and_its_torn_end_counted(options, tmp_path):
    path = tmp_path / "raw/door.pcap"
    path.write_bytes(WHOLE[:40])
    process = subprocess.Popen(command("stream", *options, "--replay"))
    try:
        with path.open("ab", buffering=0) as file:
            for at in range(40, len(WHOLE) - 5, 37):
                file.write(WHOLE[at : min(at + 37, len(WHOLE) - 5)])
                time.sleep(0.02)
        journal = tmp_path / "data/stream/journal.ndjson"
        for _ in range(150):
            if journal.exists() and '"next_line":6' in journal.read_text(encoding="utf-8"):
                break
            time.sleep(0.1)
    finally:
        process.kill()
        process.wait()
    said = shangquan("stream", *options, "--replay", "--until-end").done()
    assert "read 6" in said
    assert "rejected 1" in said
    shangquan("run", *options, "--day", DAY).done()
    assert streamed(tmp_path) == of_the_run(tmp_path)


@pytest.mark.parametrize("size", range(24, len(WHOLE) + 1, 7))
def test_a_look_finds_whole_frames_only_and_the_next_goes_on_behind_them(tmp_path, size):
    path = tmp_path / "door.pcap"
    tail = CaptureTail("door", tmp_path, "*.pcap")
    path.write_bytes(WHOLE[:size])
    first = tail.new(tail.sizes(), last=False)
    if first is not None:
        tail.moved(first)
    path.write_bytes(WHOLE)
    rest = tail.new(tail.sizes(), last=False)
    reads = [read for read in (first, rest) if read is not None]
    assert [read.start for read in reads] == [0, *(read.end for read in reads[:-1])]
    assert [read.line for read in reads] == [1, *(read.next_line for read in reads[:-1])]
    assert (reads[-1].end, reads[-1].next_line) == (len(WHOLE), len(FRAMES) + 1)
    part = tail.up_to(reads[-1], reads[-1].next_line - 1)
    assert (part.end, part.next_line) == (len(WHOLE) - 16 - len(FRAMES[-1]), len(FRAMES))


def test_a_capture_that_is_no_pcap_is_refused_with_its_name(tmp_path):
    (tmp_path / "door.pcap").write_bytes(pcapng(FRAMES, RADIOTAP))
    tail = CaptureTail("door", tmp_path, "*.pcap")
    with pytest.raises(InputError, match=r"door\.pcap: a stream follows captures that are pcap"):
        tail.new(tail.sizes(), last=False)
