"""A stream over a day equals the batch run of that day; killed or not, it writes every row once."""

import random
import shutil
import signal
import subprocess
import time

from tests.live.simulated import DAY, District

KILLS = 10


def by_id(rows: list[dict]) -> list[dict]:
    return sorted(rows, key=lambda row: (row["visit_id"], row.get("ordinal", 0)))


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
