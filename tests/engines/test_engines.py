"""One meaning on every engine: examples, a week of trouble, a real day, and workers killed in the middle."""

import base64
import datetime
import os
import random
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.engine_run import EngineRun, work_of
from pipelines.engines.results import Results
from pipelines.simulate.simulation import Simulated, simulate
from pipelines.sources.pieces import ranges_for
from pipelines.steps.day_files import read_day
from pipelines.summary import Reporter
from schemas import LOGIN
from sessionize.kernel import FATE_OVERHEARD
from sessionize.signal import visits_by_signal
from tests.engines import packed
from tests.engines.runs import Days, District, Started, sessionized, sessionized_together
from tests.integration.test_laws import rewritten
from tests.product.command import ROOT, command, shangquan

# py4j leaves the sockets of its gateway to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*socket.socket:pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]
WALKED = ("visit", "stay", "flap")
COUNTED = ("ledger", "feed_hour", "line_shape", "rejected")
TABLES = (*WALKED, *COUNTED, "sighting", "zone_hour", "ap_hour", "passage", "trigger", "clock_offset")
MONDAY = datetime.date(2026, 11, 2)
TUESDAY = datetime.date(2026, 11, 3)
REAL = ROOT.parent / "shared" / "realdata" / "hokuriku" / "raw"


@pytest.mark.parametrize(("shards", "definition"), [(1, "district"), (4, "district"), (16, "district"), (4, "site")])
def test_every_example_is_as_the_kernel_says(engine: Started, tmp_path: Path, shards: int, definition: str) -> None:
    logged = packed.rows()
    job = packed.written(tmp_path, logged).job(tmp_path / "data", shards, definition)
    days = sessionized(job, engine.run, [packed.DATE])
    day = job.calendar.day(packed.DATE)
    sightings = packed.sightings(logged, job.keyring.day_key(packed.DATE, 0, 0, 0).secret)
    kernel = visits_by_signal(sightings, job.district.registry.places, job.rules, day)
    assert len(kernel.visits) > 500
    assert (kernel.fate == FATE_OVERHEARD).any()
    for name, rows in zip(WALKED, (kernel.visits, kernel.stays, kernel.flaps), strict=True):
        assert listed(days.table(name), rows.column_names) == listed(rows, rows.column_names), name


def listed(rows: pa.Table, names: list[str]) -> list[tuple[object, ...]]:
    """The rows in an order of their own; of a day a kernel sees no address (`random`), no silence and no shift."""
    kept = [name for name in names if name not in ("random", "uncovered", "staff")]
    return sorted(zip(*(rows[name].to_pylist() for name in kept), strict=True), key=repr)


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> District:
    """A small simulated week with every trap, its lines late, shuffled and some of them repeated."""
    folder = tmp_path_factory.mktemp("week")
    made: Simulated = simulate(out=folder / "made", start=MONDAY, days=7, lines=1_200, seed=17)
    rng = random.Random(17)

    def troubled(lines: list[bytes]) -> list[bytes]:
        return rng.sample(lines + rng.sample(lines, len(lines) // 10), len(lines) + len(lines) // 10)

    return District(made.district, rewritten(made, folder / "raw", troubled, rename=rng))


@pytest.fixture(scope="module")
def local_week(week: District, tmp_path_factory: pytest.TempPathFactory) -> Days:
    return sessionized(week.job(tmp_path_factory.mktemp("local") / "data"), None)


@pytest.fixture(scope="module")
def in_warehouse(local_week: Days) -> str:
    return local_week.warehouse_digest()


def test_a_week_of_trouble_is_the_same_in_the_warehouse(
    engine: Started, week: District, local_week: Days, in_warehouse: str, tmp_path: Path
) -> None:
    """Seven days and the one after, in one job, none of them named beforehand."""
    days = sessionized(week.job(tmp_path / "data"), engine.run, keys=local_week.job.workspace.keys)
    assert days.dates == local_week.dates
    assert len(days.dates) >= 7
    for name in TABLES:
        assert days.digest(name) == local_week.digest(name), name
    assert days.warehouse_digest() == in_warehouse
    assert not days.job.workspace.engine.exists()


def test_definitions_that_are_read_once_are_as_each_is_alone(
    engine: Started, week: District, local_week: Days, tmp_path: Path
) -> None:
    """One by signal with a shorter memory, one with a longer: their windows begin at three instants."""
    keys = local_week.job.workspace.keys
    jobs = week.job(tmp_path / "together").under_each("default,meraki,cisco-spaces")
    assert len({job.calendar.day(MONDAY).window_start_ms for job in jobs}) == len(jobs)
    together = sessionized_together(jobs, engine.run, [MONDAY, TUESDAY], keys)
    for days in together:
        name = days.job.definition.name
        alone = sessionized(week.job(tmp_path / name, definition=name), None, [MONDAY, TUESDAY], keys)
        for table in TABLES:
            assert days.digest(table) == alone.digest(table), (name, table)


def test_large_files_are_read_by_ranges(engine: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each by several workers: the same rows from the same lines. No line stands twice, for either would do."""
    town = packed.written(tmp_path, list(dict.fromkeys(packed.rows())))
    local = sessionized(town.job(tmp_path / "local", definition="district"), None, [packed.DATE])
    monkeypatch.setattr("pipelines.engine_run.ranges_for", partial(ranges_for, range_bytes=1 << 12))
    job = town.job(tmp_path / "data", definition="district")
    pieces = work_of(EngineRun(job, Reporter(), engine=engine.run), frozenset([packed.DATE])).pieces
    assert len(pieces) > 10 * len({piece.path for piece in pieces})
    shutil.rmtree(job.workspace.keys)
    days = sessionized(job, engine.run, [packed.DATE], keys=local.job.workspace.keys)
    assert days.digest(*TABLES) == local.digest(*TABLES)
    assert placed(days) == placed(local)


def placed(days: Days) -> list[str]:
    """Every sighting with the file and line where it stands."""
    rows = [row for date in days.dates for row in read_day(days.job, date)["sighting"].to_pylist()]
    return sorted(map(repr, rows))


def test_the_members_of_a_large_district_travel(engine: Started, tmp_path: Path) -> None:
    """Hundreds of thousands of logins are megabytes in one piece, which not every way takes."""
    job = packed.written(tmp_path, packed.rows()[:100]).job(tmp_path / "data")
    work = work_of(EngineRun(job, Reporter(), engine=engine.run), frozenset([packed.DATE]))
    logins = range(1, 300_001)
    many = LOGIN.table(device=[-n for n in logins], member=[f"m-{n}" for n in logins], at_ms=list(logins))
    large = replace(work, members=replace(work.members, logins=many))
    engine.run(large, job.workspace.engine)
    assert Results(job.workspace.engine, large).told().own[packed.DATE] > 0


@pytest.fixture(scope="module")
def fresh(engine: Started, week: District, tmp_path_factory: pytest.TempPathFactory) -> Days:
    """The week on an engine, no day of which has a key; not loaded."""
    return sessionized(week.job(tmp_path_factory.mktemp("fresh") / "data"), engine.run)


def test_keys_made_by_workers_are_the_days(fresh: Days, week: District, tmp_path: Path) -> None:
    """Of days without a key every worker makes the same one; it is stored, so a later run says the same."""
    assert sorted(fresh.job.keyring.keys().days) == fresh.dates
    again = sessionized(week.job(tmp_path / "again"), None, keys=fresh.job.workspace.keys)
    assert again.digest(*TABLES) == fresh.digest(*TABLES)


def test_workers_killed_in_the_middle_double_and_lose_nothing(
    engine: Started, week: District, local_week: Days, tmp_path: Path
) -> None:
    if engine.victims is None:
        pytest.xfail("its workers are threads of the driver, which the next test kills")
    job = week.job(tmp_path / "data")
    killed: list[int] = []
    killer = threading.Thread(target=kill_at_work, args=(engine, job.workspace.engine, killed))
    killer.start()
    days = sessionized(job, engine.run, keys=local_week.job.workspace.keys)
    killer.join()
    assert killed
    assert days.digest(*TABLES) == local_week.digest(*TABLES)


def kill_at_work(engine: Started, out: Path, killed: list[int]) -> None:
    """SIGKILL to whatever runs tasks once results are being written: what was read before is lost with it."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if any(out.rglob(engine.writing)):
            for victim in engine.victims():
                victim.kill()
                killed.append(victim.pid)
            if killed:
                return
        time.sleep(0.005)


def test_a_run_whose_driver_was_killed_is_run_again(
    engine: Started, week: District, local_week: Days, tmp_path: Path
) -> None:
    """What a job without a driver still writes is no result of the run after it."""
    if engine.name == "spark-standalone":
        pytest.xfail("this session holds all cores of its cluster: a second driver would wait for ever")
    job = week.job(tmp_path / "data")
    shutil.copytree(local_week.job.workspace.keys, job.workspace.keys)
    asked = ("--config", week.config, "--raw", week.raw, "--data", job.workspace.data)
    name = engine.name.partition("-")[0]
    driver = subprocess.Popen(command("run", *asked, "--engine", name, "--", *engine.options), cwd=ROOT)
    wait_for_results(engine, job.workspace.engine)
    driver.kill()
    assert driver.wait() == -signal.SIGKILL
    days = sessionized(job, engine.run)
    assert days.digest(*TABLES) == local_week.digest(*TABLES)


def wait_for_results(engine: Started, out: Path) -> None:
    deadline = time.monotonic() + 300
    while not any(out.rglob(engine.writing)):
        assert time.monotonic() < deadline, "no result within five minutes"
        time.sleep(0.005)


def test_no_key_is_told_to_anyone(engine: Started, fresh: Days) -> None:
    """Neither configuration nor environment nor event log has a key in any notation; nor has what lies on the disk."""
    keys = fresh.job.keyring.keys()
    told = engine.told()
    assert b"SparkListenerJobStart" in told or "spark" not in engine.name
    told += b"".join(path.read_bytes() for path in engine.disk.rglob("*") if path.is_file())
    for key in keys.all():
        secret = bytes.fromhex(key.secret or "")
        assert len(secret) == 32
        assert not any(form in told for form in notations(secret)), key.key_id


def notations(secret: bytes) -> list[bytes]:
    plain = base64.b64encode(secret).rstrip(b"=")
    return [secret, secret.hex().encode(), secret.hex().upper().encode(), plain, base64.urlsafe_b64encode(secret)[:-1]]


def test_results_are_sealed(fresh: Days) -> None:
    written = b"".join(path.read_bytes() for path in fresh.job.workspace.engine.rglob("*") if path.is_file())
    names = fresh.job.district.registry.places["ap"].unique().to_pylist()
    assert len(written) > 10_000
    assert not any(name.encode() in written for name in names)


def test_the_command_runs_days_under_several_definitions_on_an_engine(
    engine: Started, week: District, tmp_path: Path
) -> None:
    asked = ("--config", week.config, "--raw", week.raw, "--data", tmp_path / "data", "--day", MONDAY)
    names, on = ("default", "meraki"), engine.name.partition("-")[0]
    ended = shangquan("run", *asked, "--definition", ",".join(names), "--engine", on, "--", *engine.options)
    said = ended.done()
    for name in names:
        assert f"{MONDAY} {name}@1  read " in said
        assert (tmp_path / "data" / "reports" / f"day={MONDAY}" / f"{name}.html").exists()
    assert not (tmp_path / "data" / "work" / "engine").exists()


def test_a_file_that_cannot_be_read_is_one_line(engine: Started, tmp_path: Path) -> None:
    """An operator's mistake that a worker meets is told as the local engine tells it."""
    for name, text in (("district/district.toml", TABLES_FEED), ("raw/rows.parquet", "no Parquet")):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, encoding="utf-8")
    asked = ("--config", tmp_path / "district", "--raw", tmp_path / "raw", "--data", tmp_path / "data")
    name = engine.name.partition("-")[0]
    ended = shangquan("run", *asked, "--day", MONDAY, "--engine", name, "--", *engine.options)
    assert "rows.parquet: is no readable Parquet file" in ended.refused(11)


TABLES_FEED = """
[district]
name = "tables"
time_zone = "UTC"
registry = "from data"

[[feeds]]
name = "rows"
format = "parquet"
glob = "*.parquet"
"""


def test_sightings_that_lie_as_parquet_are_a_feed(engine: Started, tmp_path: Path) -> None:
    noon, chance = datetime.datetime(2026, 11, 2, 12, tzinfo=datetime.UTC), random.Random(5)
    rows = [
        {
            "at": noon + datetime.timedelta(seconds=chance.randrange(20_000)),
            "device": f"02:00:5e:00:53:{chance.randrange(60):02x}",
            "ap": f"ap-{chance.randrange(3)}",
            "kind": chance.choice(["joined", "seen", "left"]),
        }
        for _ in range(4_000)
    ]
    for name in ("district", "raw"):
        (tmp_path / name).mkdir()
    (tmp_path / "district" / "district.toml").write_text(TABLES_FEED, encoding="utf-8")
    for file, part in enumerate((rows[:1_500], rows[1_500:])):
        pq.write_table(pa.Table.from_pylist(part), tmp_path / "raw" / f"{file}.parquet", row_group_size=400)
    town = District(tmp_path / "district", tmp_path / "raw")
    local = sessionized(town.job(tmp_path / "local"), None, [MONDAY])
    other = sessionized(town.job(tmp_path / "other"), engine.run, [MONDAY], keys=local.job.workspace.keys)
    assert len(local.table("visit")) > 60
    assert other.digest(*TABLES) == local.digest(*TABLES)


def test_a_real_day_is_the_same(engine: Started, tmp_path: Path) -> None:
    if not REAL.is_dir():
        reason = f"{REAL} is missing"
        pytest.fail(reason) if "CI" in os.environ else pytest.skip(reason)
    town, day = District(ROOT / "examples" / "hokuriku", REAL), datetime.date(2024, 10, 5)
    local = sessionized(town.job(tmp_path / "local"), None, [day])
    other = sessionized(town.job(tmp_path / "other"), engine.run, [day], keys=local.job.workspace.keys)
    assert len(local.table("visit")) > 100
    assert other.digest(*TABLES) == local.digest(*TABLES)
