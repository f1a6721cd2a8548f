"""A stream over a day equals the batch run of that day; killed or not, it writes every row once."""

import datetime
import json
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.calendar import ONE_DAY
from pipelines.clock import now_ms
from pipelines.job import make_job
from pipelines.live import follow
from pipelines.live.outputs import Outputs
from tests.live.simulated import DAY, District
from tests.product.command import shangquan

KILLS = 10


def by_id(rows: list[dict]) -> list[dict]:
    """Rows by their key, less the flags that only a whole day can give."""
    plain = [{name: value for name, value in row.items() if name not in ("staff", "uncovered")} for row in rows]
    return sorted(plain, key=lambda row: (row["visit_id"], row.get("ordinal", 0)))


def test_live_visits_and_stays_equal_the_batch_row_for_row(district: District) -> None:
    district.stream()
    assert by_id(district.lines(f"visits/day={DAY}.ndjson")) == by_id(district.batch_rows("visits"))
    assert by_id(district.lines(f"stays/day={DAY}.ndjson")) == by_id(district.batch_rows("stays"))


def test_live_triggers_equal_a_backtest_of_the_same_journal(district: District) -> None:
    district.stream()
    district.run("backtest", "--journal", str(district.root / "data/stream/journal.ndjson"))
    live = (district.root / "data/stream/triggers.ndjson").read_bytes()
    assert live.count(b"\n") >= 5
    assert live == (district.root / "data/backtest/triggers.ndjson").read_bytes()


def test_killed_ten_times_nothing_is_lost_or_doubled(district: District) -> None:
    """SIGKILL at random moments of start, catching up and work; the last run goes to the end."""
    shutil.copytree(district.root / "data.keys", district.root / "killed.keys")
    moments = random.Random(7)
    killed = 0
    for _ in range(KILLS):
        process = subprocess.Popen(district.command("stream", "--replay", "--until-end", data="killed"))
        time.sleep(moments.uniform(0.5, 3.5))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
    assert killed >= KILLS // 2
    district.stream(data="killed")
    assert by_id(district.lines(f"visits/day={DAY}.ndjson", data="killed")) == by_id(district.batch_rows("visits"))
    assert district.lines("triggers.ndjson", data="killed") == _triggers_of_backtest(district)


def _triggers_of_backtest(district: District) -> list[dict]:
    shutil.copytree(district.root / "data.keys", district.root / "replayed.keys", dirs_exist_ok=True)
    out = district.root / "replayed.ndjson"
    journal = district.root / "killed/stream/journal.ndjson"
    district.run("backtest", "--journal", str(journal), "--out", str(out), data="replayed")
    shutil.copy(out, district.root / "killed/stream/replayed.ndjson")
    return district.lines("replayed.ndjson", data="killed")


def test_interrupted_in_the_middle_of_a_step_nothing_is_lost(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C, or a full disk, after the engine has moved on and before its rows are written."""
    shutil.copytree(district.root / "data.keys", district.root / "interrupted.keys")
    append = Outputs.append

    def interrupted(outputs: Outputs, name: str, rows: pa.Table) -> int:
        if name.startswith("visits/") and rows.num_rows:
            raise KeyboardInterrupt
        return append(outputs, name, rows)

    with monkeypatch.context() as patched:
        patched.setattr(Outputs, "append", interrupted)
        shangquan(*district.options("stream", "--replay", "--until-end", data="interrupted")).done()
    district.stream(data="interrupted")
    assert by_id(district.lines(f"visits/day={DAY}.ndjson", data="interrupted")) == by_id(district.batch_rows("visits"))


def test_a_stream_does_not_go_on_as_another(district: District) -> None:
    for name, change in (("version", ("version = 1", "version = 2")), ("feed", ('"streets"', '"roads"'))):
        other = district.root / f"other-{name}"
        shutil.copytree(district.root / "district", other)
        for file in ("district.toml", "aps.csv"):
            text = (other / file).read_text(encoding="utf-8").replace(*change)
            (other / file).write_text(
                text.replace(",streets\n", ",roads\n") if name == "feed" else text, encoding="utf-8"
            )
    district.stream(data="mine")
    asked = district.options("stream", "--replay", "--until-end", data="mine")
    again = [str(district.root / "other-version") if part.endswith("/district") else part for part in asked]
    assert "a stream of harbour default@1, not of harbour default@2" in shangquan(*again).refused(11)
    again = [str(district.root / "other-feed") if part.endswith("/district") else part for part in asked]
    assert "reads feed streets, which district.toml lacks" in shangquan(*again).refused(11)
    (district.root / "mine/stream/journal.ndjson").write_text("")
    assert "ends before its snapshot" in shangquan(*asked).refused(11)


def test_a_backtest_says_which_log_is_gone(district: District, tmp_path: Path) -> None:
    journal = district.root / "data/stream/journal.ndjson"
    if not journal.exists():
        district.stream()
    asked = district.options("backtest", "--journal", str(journal), "--out", str(tmp_path / "out.ndjson"))
    asked[asked.index("--raw") + 1] = str(tmp_path)
    assert "no such file or directory" in (said := shangquan(*asked).refused(11))
    assert "the journal names it" in said


def test_a_stream_destroys_the_keys_that_expire_while_it_runs(
    district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job(config=district.root / "district", raw=None, data=tmp_path / "data", definition=None, shards=1)
    _, key_of = follow.members_and_keys(job)
    first, second = (job.calendar.day(datetime.date.fromisoformat(DAY) + n * ONE_DAY) for n in (0, 1))
    key_of(first)
    monkeypatch.setattr(follow, "now_ms", lambda: max(now_ms(), second.end_ms) + 3 * 86_400_000)
    key_of(second)
    keys = json.loads((job.workspace.keys / "keyring.json").read_bytes())["days"]
    assert [bool(keys[str(day.date)]["secret"]) for day in (first, second)] == [False, True]


def test_two_streams_cannot_share_a_data_folder(district: District) -> None:
    first = subprocess.Popen(district.command("stream", "--replay", data="shared"), stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while not (district.root / "shared/stream/journal.ndjson").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        second = subprocess.run(district.command("stream", data="shared"), capture_output=True, text=True, check=False)
        assert second.returncode == 13
        assert "another stream runs here" in second.stderr
    finally:
        first.kill()
        first.wait()
