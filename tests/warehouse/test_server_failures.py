"""A server killed, cut off, full or slow during a load: one line with a cure, nothing half visible, a re-run heals."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pyarrow as pa
import pytest

from pipelines.warehouse.digest import digest
from pipelines.warehouse.load import load
from pipelines.warehouse.server import Server
from schemas import MEMBER_DEVICE, SinkError
from tests.warehouse.servers import ServerProcess, proxy
from tests.warehouse.small_day import day_of, tables_of

OLD, NEW = 3, 5


@pytest.fixture(autouse=True)
def no_gate() -> Iterator[None]:
    """Great Expectations takes longer than all of this; `test_load` has it on both warehouses."""
    with patch("pipelines.warehouse.load.Gate"):
        yield


@pytest.fixture
def own(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server of this test alone, to be killed."""
    process = ServerProcess(tmp_path / "server")
    yield process
    process.kill()


def put(server: Server, visits: int) -> None:
    load(server, day=day_of("d"), definition="x", run="r", tables=tables_of(visits))


def digests(server: Server) -> dict[int, str]:
    """By visits: the digest of a day that nothing disturbed."""
    found = {}
    for visits in (NEW, OLD):
        put(server, visits)
        found[visits] = digest(server, "d")
    return found


def sightings(server: Server) -> int:
    """Of every run."""
    count: int = server.query("SELECT count() AS n FROM sighting")["n"][0].as_py()
    return count


def after(method: Callable[..., object], calls: int, disturb: Callable[[], object]) -> Callable[..., object]:
    """`method`, but `disturb` comes before its nth call."""
    left = [calls]

    def disturbed(*arguments: object) -> object:
        left[0] -= 1
        if left[0] == 0:
            disturb()
        return method(*arguments)

    return disturbed


@pytest.mark.parametrize(("call", "nth"), [("insert", 1), ("insert", 4), ("query", 2), ("query", 4), ("publish", 1)])
def test_killed_during_a_load_then_run_again(own: ServerProcess, call: str, nth: int) -> None:
    with own.opened() as server:
        wanted = digests(server)
        with (
            patch.object(server, call, after(getattr(server, call), nth, own.kill)),
            pytest.raises(SinkError, match=r"127\.0\.0\.1") as raised,
        ):
            put(server, NEW)
        assert raised.value.exit_code == 13
        assert "start the server" in raised.value.cure
        own.start()
        assert digest(server, "d") == wanted[OLD]
        put(server, NEW)
        assert digest(server, "d") == wanted[NEW]
        assert sightings(server) == 2 * (OLD + NEW)  # the old run stays until the next load, and nothing else does


def test_cut_in_the_middle_of_an_insert_then_run_again(server: ServerProcess) -> None:
    with server.opened("cut") as direct, proxy(server.port) as line:
        wanted = digests(direct)
        with Server(server.settings(database="cut", port=line.port), "") as cut:
            put(cut, OLD)
            cut.close()
            line.cut_after = 20_000
            many = tables_of(20_000)
            with pytest.raises(SinkError, match=r"127\.0\.0\.1") as raised:
                load(cut, day=day_of("d"), definition="x", run="r", tables=many)
            assert "nothing of an unfinished load is visible" in raised.value.cure
            assert digest(direct, "d") == wanted[OLD]
            line.cut_after = None
            put(cut, NEW)
            assert digest(cut, "d") == wanted[NEW]
        assert sightings(direct) == 2 * (OLD + NEW)


def test_a_full_disk_then_run_again(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if (
        os.geteuid()
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk], check=False).returncode
    ):
        pytest.skip("only root mounts a small disk")
    own = ServerProcess(disk / "server")
    try:
        with own.opened() as server:
            wanted = digests(server)
            with pytest.raises(SinkError, match="Code: ") as raised:
                load(server, day=day_of("d"), definition="x", run="r", tables=noisy_day(400_000))
            assert "free space on the disk of the server" in raised.value.cure
            assert digest(server, "d") == wanted[OLD]
            put(server, NEW)
            assert digest(server, "d") == wanted[NEW]
    finally:
        own.kill()
        subprocess.run(["umount", "--lazy", disk], check=True)


def noisy_day(visits: int) -> dict[str, pa.Table]:
    """A day whose subjects no codec makes small."""
    tables = tables_of(visits)
    noise = pa.array([(number * 0x9E3779B97F4A7C15) % 2**63 for number in range(2 * visits)])
    place = tables["sighting"].schema.get_field_index("subject")
    noisy = tables["sighting"].set_column(place, tables["sighting"].schema.field(place), noise)
    return {**tables, "sighting": noisy}


def test_a_server_that_came_back_has_the_members_of_this_session_again(own: ServerProcess) -> None:
    devices = MEMBER_DEVICE.table(device=[-1], member=["m1"], from_ms=[0], until_ms=[9])
    with own.opened() as server:
        server.replace_members("here", devices, ["m1"])
        own.kill()
        own.start()
        assert server.query("SELECT member FROM member_device")["member"].to_pylist() == ["m1"]


def test_no_session_sees_the_members_of_another(server: ServerProcess) -> None:
    devices = MEMBER_DEVICE.table(device=[-1], member=["m1"], from_ms=[0], until_ms=[9])
    with server.opened("members") as one, server.opened("members") as other:
        one.replace_members("here", devices, ["m1"])
        with pytest.raises(SinkError, match="member_device"):
            other.query("SELECT member FROM member_device")
        other.replace_members("here", devices, [])
        assert one.query("SELECT member FROM consented")["member"].to_pylist() == ["m1"]
