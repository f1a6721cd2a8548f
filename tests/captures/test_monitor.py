"""`shangquan capture` on a monitor interface: a TAP device of that link type, with the kernel's socket and filter."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from ingest.feed import Feed
from ingest.formats import FORMATS
from ingest.shortened import shortened
from pipelines.job import make_job
from pipelines.monitor import interface
from pipelines.monitor.capture import capture_frames
from pipelines.summary import Reporter
from schemas import ConfigError, InputError, SinkError
from tests.captures.taps import ETHERNET, TUN, Tap, tap
from tests.captures.test_shortened import HEARD, PASSED_OVER, REAL, frames, rows
from tests.captures.written import PROBE, RADIOTAP, pcap, radiotap
from tests.product.command import command, shangquan

CAPTURES = Path(__file__).parents[3] / "shared" / "realdata" / "captures"
NAME = f"sq{os.getpid() % 10**8}mon"
DISTRICT = """
[district]
name = "corner"
time_zone = "UTC"

[[feeds]]
name = "door"
format = "capture"
glob = "door/*.pcap"
"""


@pytest.fixture
def monitor() -> Iterator[Tap]:
    try:
        with tap(NAME) as made:
            yield made
    except OSError as error:
        pytest.skip(f"no TAP device for a monitor interface ({TUN}, CAP_NET_ADMIN, CAP_NET_RAW): {error}")


@pytest.fixture
def district(tmp_path: Path) -> Path:
    (tmp_path / "district.toml").write_text(DISTRICT, encoding="utf-8")
    (tmp_path / "aps.csv").write_text("ap,bssid,zone,valid_from,valid_until\ndoor,,street,,\n", encoding="utf-8")
    (tmp_path / "zones.csv").write_text("zone,name,site,floor,kind\nstreet,,road,,\n", encoding="utf-8")
    return tmp_path


def captured(district: Path, seconds: float = 60, rotate_s: float = 60, name: str = NAME, feed: str = "door") -> None:
    job = make_job(config=district, raw=None, data=None, definition=None, shards=1)
    capture_frames(job=job, feed=feed, interface=name, rotate_s=rotate_s, seconds=seconds, reporter=Reporter())


def ctrl_c() -> None:
    time.sleep(0.4)
    os.kill(os.getpid(), signal.SIGINT)


def nothing() -> None:
    """The capture goes on."""


@contextmanager
def hearing(monitor: Tap, *batches: list[bytes], then: Callable[[], None] = ctrl_c) -> Iterator[None]:
    """The interface hears a batch every 0.4 s once it is captured; `then`, if nothing else, this process is to end."""

    def hear() -> None:
        for _ in range(2_000):
            if is_captured(monitor.name):
                break
            time.sleep(0.01)
        for batch in batches:
            time.sleep(0.4)
            monitor.hear(batch)
        then()

    thread = threading.Thread(target=hear)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def is_captured(name: str) -> bool:
    """Whether a packet socket is bound to the interface."""
    index = Path("/sys/class/net", name, "ifindex").read_text(encoding="ascii").strip()
    sockets = Path("/proc/net/packet").read_text(encoding="ascii").splitlines()[1:]
    return any(line.split()[4] == index for line in sockets)


def stored(district: Path) -> list[Path]:
    return sorted((district / "raw/door").glob("*.pcap"))


def sightings(captures: list[bytes]) -> list[tuple[object, ...]]:
    """Device, kind, signal and place of every row; the time is when the interface heard it."""
    parser = FORMATS["capture"].prepare(b"", Feed("door", "capture", idle_s=300))
    return [row[1:] for capture in captures for row in rows(parser.parse(capture, 1, 0))]


def test_what_is_heard_live_is_what_a_file_says(monitor, district, capsys):
    if not CAPTURES.is_dir():
        pytest.skip("there is no ../shared/realdata/captures")
    whole = (CAPTURES / REAL[0]).read_bytes()
    all_heard = frames(whole)
    assert shortened(all_heard).ends.size  # compiled before time counts
    bounds = [0, *all_heard.ends.tolist()]
    sent = [all_heard.data[start:end].tobytes() for start, end in pairwise(bounds)]
    with hearing(monitor, *(sent[k : k + 800] for k in range(0, len(sent), 800))):
        captured(district, rotate_s=0.5)
    files = stored(district)
    assert len(files) >= 2
    assert sightings([path.read_bytes() for path in files]) == sightings([whole])
    assert f"frames {len(sent):,}  kept {len(sent):,}  dropped 0  files {len(files)}" in capsys.readouterr().out
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_no_data_frame_and_no_payload_is_ever_stored(monitor, district):
    with hearing(monitor, [radiotap(frame) for frame in HEARD + PASSED_OVER]):
        captured(district)
    (file,) = stored(district)
    live = frames(file.read_bytes())
    assert live.ends.size == len(HEARD)
    assert b"home-net" not in file.read_bytes()
    assert sightings([file.read_bytes()]) == sightings([pcap(map(radiotap, HEARD + PASSED_OVER), RADIOTAP)])


def test_killed_it_keeps_what_was_synced_and_the_next_start_makes_it_whole(monitor, district, capsys):
    process = subprocess.Popen(command("capture", "--config", district, "--feed", "door", "--interface", NAME))
    with hearing(monitor, [radiotap(PROBE)] * 5, then=nothing):
        (part,) = _waited_for(district, 5)
    process.kill()
    process.wait()
    assert stored(district) == []
    with part.open("ab") as file:
        file.write(b"torn")
    captured(district, seconds=0.5)
    assert "5 frames of a capture that was not ended" in capsys.readouterr().err
    (file,) = stored(district)
    assert file.name == part.name.removeprefix(".").removesuffix(".open")
    assert len(sightings([file.read_bytes()])) == 5
    assert file.read_bytes()[-4:] != b"torn"


def _waited_for(district: Path, frames_of_it: int) -> list[Path]:
    size = 24 + frames_of_it * (16 + len(radiotap(PROBE)))
    for _ in range(500):
        parts = [path for path in (district / "raw/door").glob("*.open") if path.stat().st_size == size]
        if parts:
            return parts
        time.sleep(0.1)
    pytest.fail("nothing was synced within fifty seconds")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(monitor, district, number):
    process = subprocess.Popen(
        command("capture", "--config", district, "--feed", "door", "--interface", NAME), stdout=subprocess.PIPE
    )
    with hearing(monitor, [radiotap(PROBE)] * 7, then=nothing):
        _waited_for(district, 7)
    process.send_signal(number)
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert b"frames 7  kept 7  dropped 0  files 1" in said
    assert len(sightings([path.read_bytes() for path in stored(district)])) == 7


def test_an_interface_that_goes_away_ends_it_with_the_last_file_whole(monitor, district, capsys):
    def goes_away() -> None:
        _waited_for(district, 3)
        monitor.set_up(up=False)

    with hearing(monitor, [radiotap(PROBE)] * 3, then=goes_away), pytest.raises(InputError, match="network is down"):
        captured(district)
    assert len(sightings([path.read_bytes() for path in stored(district)])) == 3
    assert "frames 3  kept 3" in capsys.readouterr().out


def test_a_second_capture_of_an_interface_is_refused(monitor, district):
    process = subprocess.Popen(command("capture", "--config", district, "--feed", "door", "--interface", NAME))
    try:
        with hearing(monitor, then=nothing):
            pass
        with pytest.raises(SinkError, match="is being captured here already"):
            captured(district)
    finally:
        process.terminate()
        process.wait()


def test_an_interface_in_managed_mode_is_refused_with_the_way_out(district):
    try:
        with tap(NAME, ETHERNET), pytest.raises(InputError, match="not in monitor mode") as refused:
            captured(district)
    except OSError as error:
        pytest.skip(f"no TAP device ({TUN}, CAP_NET_ADMIN): {error}")
    assert f"iw dev {NAME} set monitor none" in refused.value.cure


def test_without_permission_it_says_what_it_takes(monitor, district, monkeypatch):
    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("scapy.arch.linux.L2ListenSocket", forbidden)
    with pytest.raises(ConfigError, match="no permission to capture") as refused:
        captured(district)
    assert "CAP_NET_RAW" in refused.value.cure


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"name": "nowhere0"}, "nowhere0: no such interface"),
        ({"feed": "window"}, "window: no feed of format capture"),
        ({"glob": "door/*"}, "finds no capture"),
        ({"glob": "door/*.pcap.gz"}, "finds no capture"),
        ({"glob": "../else/*.pcap"}, "leads out of the raw folder"),
        ({"glob": "/else/*.pcap"}, "leads out of the raw folder"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_made(district, change, wrong):
    text = DISTRICT.replace("door/*.pcap", change.pop("glob", "door/*.pcap"))
    (district / "district.toml").write_text(text, encoding="utf-8")
    with pytest.raises((ConfigError, InputError), match=wrong):
        captured(district, **change)
    assert not (district / "raw").exists()
    assert not (district / "else").exists()


class Socket:
    """A socket that has dropped frames, in place of the kernel's: a TAP device is never faster than its reader."""

    ins = SimpleNamespace(
        getsockopt=lambda *_: (9).to_bytes(4, "little") + (4).to_bytes(4, "little"), settimeout=lambda _: None
    )

    def recv_raw(self, _: int) -> None:
        raise TimeoutError

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def quiet(monkeypatch):
    """An interface that hears nothing."""
    monkeypatch.setattr(interface, "_opened", lambda _: Socket())
    for module in ("interface", "capture"):
        monkeypatch.setattr(f"pipelines.monitor.{module}.link_type_of", lambda _: RADIOTAP)


def test_frames_that_the_kernel_dropped_are_counted(quiet, district, capsys):
    captured(district, seconds=0.1)
    assert "frames 0  kept 0  dropped 4  files 0" in capsys.readouterr().out


OWN = f"20261103T120000.000Z.{NAME}.pcap"
NEEDED_S = 68.5 * 3600


def lay_down(district: Path, *names: str, ended_s: float) -> None:
    """Whole captures that were last written so many seconds ago."""
    (district / "raw/door").mkdir(parents=True, exist_ok=True)
    for path in (district / "raw/door" / name for name in names):
        path.write_bytes(pcap([PROBE]))
        os.utime(path, (time.time() - ended_s,) * 2)


@pytest.mark.parametrize("glob", ["door/*.pcap", "door/20*.pcap", "door/**/20??*Z.*.pcap", "**/*.pcap"])
def test_a_glob_that_finds_todays_captures_is_taken(quiet, district, glob, capsys):
    text = DISTRICT.replace("door/*.pcap", glob)
    (district / "district.toml").write_text(text, encoding="utf-8")
    captured(district, seconds=0.1)
    assert "frames 0" in capsys.readouterr().out


def test_captures_that_no_day_needs_are_deleted_and_no_others_though_nothing_is_heard(quiet, district, capsys):
    others = [OWN.replace(NAME, "other"), OWN.replace(NAME, f"{NAME}.{NAME}"), f"saturday.{NAME}.pcap", "saturday.pcap"]
    lay_down(district, OWN, *others, ended_s=NEEDED_S + 60)
    captured(district, seconds=0.1)
    assert {path.name for path in stored(district)} == set(others)
    assert "deleted 1" in capsys.readouterr().out


def test_a_capture_is_kept_as_long_as_its_end_is_needed(quiet, district):
    lay_down(district, OWN, ended_s=NEEDED_S - 60)
    captured(district, seconds=0.1)
    assert [path.name for path in stored(district)] == [OWN]


def test_what_grows_old_while_nothing_is_heard_is_deleted(quiet, district, monkeypatch, capsys):
    monkeypatch.setattr("pipelines.monitor.files.LOOK_S", 0.1)
    lay_down(district, OWN, ended_s=NEEDED_S - 0.5)
    captured(district, seconds=1.5)
    assert stored(district) == []
    assert "deleted 1" in capsys.readouterr().out


def test_what_a_crash_left_is_no_younger_for_being_made_whole(quiet, district):
    lay_down(district, f".{OWN}.open", ended_s=NEEDED_S + 60)
    captured(district, seconds=0.1)
    assert stored(district) == []


def test_a_file_is_finished_within_an_hour(district):
    asked = ("--config", district, "--feed", "door", "--interface", NAME, "--rotate", 3601)
    told = shangquan("capture", *asked)
    assert told.code == 2
    assert "3600" in told.err
