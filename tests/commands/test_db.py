"""`shangquan db`: an older data folder is brought to this version; history moves between folder and server."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.warehouse.digest import digest
from pipelines.warehouse.embedded import Embedded
from tests.commands.corner import DAY, Corner
from tests.product.command import shangquan
from tests.warehouse.servers import ServerProcess


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path_factory.mktemp("server"))
    yield process
    process.kill()


@pytest.fixture(scope="module")
def on_server(corner: Corner, server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Corner:
    """The corner with a server as its warehouse, and its password in a file."""
    folder = tmp_path_factory.mktemp("corner-on-server")
    config = folder / "district"
    shutil.copytree(corner.config, config)
    (config / "password").write_text("only-in-tests\n", encoding="utf-8")
    (config / "password").chmod(0o600)
    with (config / "district.toml").open("a", encoding="utf-8") as toml:
        toml.write(
            f'[warehouse]\nkind = "server"\nhost = "127.0.0.1"\nport = {server.port}\n'
            'user = "loader"\npassword_file = "password"\n'
        )
    return Corner(config, corner.raw, folder / "data")


def digest_of_folder(folder: Path) -> str:
    with Embedded(folder) as warehouse:
        return digest(warehouse, "corner")


def test_history_moves_to_a_server_and_back(
    corner: Corner, on_server: Corner, server: ServerProcess, tmp_path: Path
) -> None:
    there = ("db", "copy", "--config", on_server.config, "--from-embedded", corner.data / "warehouse", "--to-server")
    assert "days copied 2" in shangquan(*there).done()
    assert "days copied 0" in shangquan(*there).done()
    with server.opened() as opened:
        moved = digest(opened, "corner")
    assert moved == digest_of_folder(corner.data / "warehouse")
    back = ("db", "copy", "--config", on_server.config, "--from-server", "--to-embedded", tmp_path / "back")
    assert "days copied 2" in shangquan(*back).done()
    assert digest_of_folder(tmp_path / "back") == moved


def test_a_day_on_a_server_is_the_day_in_a_folder(corner: Corner, on_server: Corner, server: ServerProcess) -> None:
    """Days have keys of their own, so the same subjects need the same keys: the folder's are copied."""
    shutil.copytree(corner.data.with_name("data.keys"), on_server.data.with_name("data.keys"))
    for definition in ("default", "by-site"):
        ended = shangquan("run", *on_server.options, "--day", DAY, "--definition", definition)
        assert "visits" in ended.done()
        assert "only-in-tests" not in ended.out + ended.err
    with server.opened() as opened:
        assert digest(opened, "corner") == digest_of_folder(corner.data / "warehouse")
    assert not (on_server.data / "warehouse").exists()
    assert "server 127.0.0.1" in shangquan("status", "--config", on_server.config, "--data", on_server.data).done()
    assert "as this version makes it" in shangquan("db", "check", *on_server.options[:2], *on_server.options[4:]).done()


def test_copy_says_which_way_it_goes(on_server: Corner) -> None:
    ended = shangquan("db", "copy", "--config", on_server.config, "--to-server")
    assert "--from-embedded DIR --to-server" in ended.refused(10)


def test_an_older_data_folder_is_upgraded(corner: Corner, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(corner.data, data, symlinks=True)
    options = ("--config", corner.config, "--data", data)
    assert "nothing needed upgrading" in shangquan("db", "migrate", *options).done()
    sightings = data / "sightings" / f"day={DAY}" / "default.parquet"
    now = pq.read_table(sightings, partitioning=None)
    pq.write_table(now.drop_columns(["time_quality"]), sightings)
    (data / "clock_offsets" / f"day={DAY}" / "default.parquet").unlink()
    (data / "stream").mkdir(exist_ok=True)
    (data / "stream" / "snapshot.arrow").write_bytes(b"of another version")
    assert "behind 3" in shangquan("db", "check", *options).done()
    assert "files 2  snapshots 1" in shangquan("db", "migrate", *options).done()
    assert pq.read_table(sightings, partitioning=None).schema == now.schema
    assert "behind 0" in shangquan("db", "check", *options).done()


def test_a_file_of_a_newer_version_is_named(corner: Corner, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(corner.data, data, symlinks=True)
    visits = data / "visits" / f"day={DAY}" / "default.parquet"
    table = pq.read_table(visits, partitioning=None)
    pq.write_table(table.append_column("later", table["day"]), visits)
    ended = shangquan("db", "migrate", "--config", corner.config, "--data", data)
    assert "column later that this version does not know" in ended.refused(11)
