"""Raw folders in S3 are read as a folder here is: the same files, bytes and days, and errors of one line."""

import datetime
import gzip
import io
import os
import pickle
import shutil
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import count
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.simulate.simulation import simulate
from pipelines.sources.chunks import chunks_of
from pipelines.sources.folder import RawFile, files_of, matching
from pipelines.sources.remote import raw_path
from pipelines.sources.tables import rows_of
from schemas import ConfigError, InputError
from tests.engines.conftest import is_here
from tests.engines.runs import Days, District, sessionized
from tests.product.command import process, shangquan
from tests.sources.s3 import KEYS, PYTHON, Bucket, free_port, point_to, s3_server

NUMBERS = count(1)
MONDAY = datetime.date(2026, 11, 2)
TABLES = ("visit", "stay", "flap", "sighting", "ledger", "rejected", "clock_offset")


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    if not PYTHON.exists():
        pytest.skip("no S3 server: `make test` puts moto in .venv-s3/")
    with s3_server() as port:
        yield port


@pytest.fixture
def bucket(server: int, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    point_to(server, monkeypatch)
    return Bucket(f"bucket-{next(NUMBERS)}", server).make()


GLOBS = [
    "*",
    "*.log",
    "**/*",
    "**/*.log",
    "wlc/*.log",
    "wlc/**/*",
    "*/*/*.log",
    "wlc/a/x.log",
    "[ab].log",
    "**",
    "w*/?/*",
]


def test_a_glob_finds_the_same_files(bucket: Bucket, tmp_path: Path) -> None:
    for name in ("a.log", "b.log", "._b.log", "c.txt", "wlc/1.log", "wlc/a/x.log", "wlc/a/y.txt", "wlc2/a/z.log"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(name)
    remote = raw_path(bucket.take(tmp_path, "raw") + "/")
    for glob in GLOBS:
        here = [file.name for file in matching(tmp_path, glob)]
        assert [file.name for file in matching(remote, glob)] == here, glob
        assert here or glob == "**"


def test_files_hold_the_same(bucket: Bucket, tmp_path: Path) -> None:
    """Plain, compressed and in an archive, over the length of one request; rows of Parquet, too."""
    text = b"".join(b"%d a line of some length\n" % number for number in range(500_000))
    (tmp_path / "plain.log").write_bytes(text)
    (tmp_path / "packed.gz").write_bytes(gzip.compress(text[:100_000], mtime=0))
    with tarfile.open(tmp_path / "all.tar.xz", "w:xz") as tar:
        member = tarfile.TarInfo("inside.log")
        member.size = 100_000
        tar.addfile(member, io.BytesIO(text[:100_000]))
    pq.write_table(pa.table({"n": range(1_000)}), tmp_path / "rows.parquet")
    remote = raw_path(bucket.take(tmp_path, "raw"))
    for name in ("plain.log", "packed.gz", "all.tar.xz"):
        assert list(chunks_of(RawFile(remote / name, name))) == list(chunks_of(RawFile(tmp_path / name, name))), name
    (rows,) = rows_of(RawFile(remote / "rows.parquet", "rows.parquet"))
    assert rows.batch["n"].to_pylist() == list(range(1_000))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> District:
    made = simulate(out=tmp_path_factory.mktemp("town") / "raw", start=MONDAY, days=1, lines=1_200, seed=17)
    return District(made.district, made.raw)


@pytest.fixture(scope="module")
def here(town: District, tmp_path_factory: pytest.TempPathFactory) -> Days:
    """The day read from a folder of this machine."""
    return sessionized(town.job(tmp_path_factory.mktemp("here") / "data"), None)


def test_a_day_is_the_same_and_later_runs_know_what_changed(
    bucket: Bucket, town: District, here: Days, tmp_path: Path
) -> None:
    address, data = bucket.take(town.raw, "logs/town"), tmp_path / "there"
    there = sessionized(replace(town, raw=address).job(data), None, keys=here.job.workspace.keys)
    assert there.digest(*TABLES) == here.digest(*TABLES)

    asked = ("--config", town.config, "--raw", address, "--data", data)
    assert shangquan("run", *asked, "--day", MONDAY).done().startswith(f"{MONDAY}  read ")
    planned = (*asked, "--since", MONDAY, "--until", MONDAY, "--plan")
    assert str(MONDAY) not in shangquan("run", *planned).done()
    late = next(path for path in sorted(town.raw.rglob("*")) if path.is_file() and MONDAY.isoformat() in path.name)
    bucket.put(f"logs/town/{late.relative_to(town.raw).as_posix()}", late.read_bytes() + late.read_bytes()[-2_000:])
    assert "changed files: 1" in shangquan("run", *planned).done()


def test_spark_reads_the_same_day(bucket: Bucket, town: District, here: Days, tmp_path: Path) -> None:
    """Its Python workers find the server and the credentials by themselves."""
    if not (is_here("pyspark") and is_here("java")):
        reason = "pyspark or java is missing; see `make engines`"
        pytest.fail(reason) if "CI" in os.environ else pytest.skip(reason)
    job = replace(town, raw=bucket.take(town.raw, "logs")).job(tmp_path / "data")
    shutil.copytree(here.job.workspace.keys, job.workspace.keys)
    asked = ("--config", town.config, "--raw", job.raw, "--data", job.workspace.data, "--days", "all")
    process("run", *asked, "--engine", "spark", "--", "--master", "local[2]").done()
    assert Days(job, here.run, here.dates).digest(*TABLES) == here.digest(*TABLES)


def test_credentials_travel_in_no_pickle_and_no_text(bucket: Bucket) -> None:
    bucket.put("raw/a.log", b"a\n")
    root = raw_path(f"s3a://{bucket.name}/raw")
    (file,) = files_of(root, "*.log")
    assert [chunk.data for chunk in chunks_of(pickle.loads(pickle.dumps(file)))] == [b"a\n"]
    told = pickle.dumps([root, file]) + f"{root!r}{file!r}{root}".encode()
    assert not any(secret.encode() in told for secret in KEYS.values())


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("ftp://host/raw", "ftp:// is not read"),
        ("s3://id:TOPSECRET@bucket/raw", "holds credentials"),
        ("s3://id:TOP/SECRET@bucket/raw", "holds credentials"),
        ("s3n://id:TOPSECRET@bucket/raw", "holds credentials"),
        ("s3://bucket/raw?access_key=TOPSECRET", "holds credentials"),
        ("s3://bu cket/raw?secret_key=TOPSECRET", "holds credentials"),
        ("https://bucket/raw?X-Amz-Signature=TOPSECRET", "holds credentials"),
        ("https://bucket/raw?TOPSECRET", "https:// is not read"),
        ("s3://bu cket/raw?option=TOPSECRET", "cannot be read: Cannot parse URI"),
        ("s3://[SECRET/raw", "--raw: no address"),
        ("s3://", "s3:// without a bucket"),
        ("gs:///raw", "gs:// without a bucket"),
        ("file://host/raw", "folders of this machine"),
        ("file:///raw?part", "folders of this machine"),
    ],
)
def test_an_address_that_is_not_taken(address: str, expected: str) -> None:
    with pytest.raises((ConfigError, InputError), match=expected) as refused:
        raw_path(address)
    assert "SECRET" not in str(refused.value)


def test_hdfs_without_hadoop_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JAVA_HOME", "HADOOP_HOME", "ARROW_LIBHDFS_DIR"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(InputError, match=r"hdfs://namenode:8020/raw: Hadoop's client is not installed\n.*CLASSPATH"):
        raw_path("hdfs://namenode:8020/raw")


def test_file_addresses_are_folders_here(tmp_path: Path) -> None:
    folder = tmp_path / "my logs #1?"
    assert raw_path(folder.as_uri()) == folder
    assert raw_path(f"file://localhost{tmp_path}") == tmp_path


def test_what_is_missing_is_told(bucket: Bucket) -> None:
    for address in (f"s3a://{bucket.name}/none", "s3a://no-such-bucket/raw", "s3a://no-such-bucket"):
        with pytest.raises(InputError, match=f"^{address}: no such (folder|bucket)\n.*--raw"):
            files_of(raw_path(address), "*")


class Denied(BaseHTTPRequestHandler):
    """Answers as S3 does to whom it does not know."""

    def do_GET(self) -> None:
        body = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
        self.send_response(403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_who_is_not_let_in_is_told_where_credentials_go(monkeypatch: pytest.MonkeyPatch) -> None:
    with HTTPServer(("127.0.0.1", 0), Denied) as gate:
        threading.Thread(target=gate.serve_forever, daemon=True).start()
        point_to(gate.server_port, monkeypatch)
        with pytest.raises(InputError, match=r"s3a://b/raw: access is denied\n.*AWS_ACCESS_KEY_ID"):
            files_of(raw_path("s3a://b/raw"), "*")
        gate.shutdown()


def test_a_server_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    point_to(free_port(), monkeypatch)
    with pytest.raises(InputError, match=r"s3a://b/raw: cannot be reached\n.*AWS_ENDPOINT_URL"):
        files_of(raw_path("s3a://b/raw"), "*")


def test_a_stream_wants_a_folder_here(town: District, tmp_path: Path) -> None:
    asked = ("--config", town.config, "--raw", "s3a://b/raw?region=eu-west-1", "--data", tmp_path / "data")
    assert "s3a://b/raw: is no folder of this machine" in shangquan("stream", *asked).refused(10)
