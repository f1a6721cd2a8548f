"""How long after its line a trigger is written: a district fed at real speed for some minutes, stamped with real time.

    python benchmarks/live_latency.py [--seconds 300]

Each second 50 strangers' lines and the join of one member, who has logged in, at a campaign's zone; `shangquan stream`
runs as a process of its own. Latency: from the line's write to the trigger's line being readable.
"""

import argparse
import csv
import datetime
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from pipelines.simulate.simulation import simulate

TIME_ZONE = ZoneInfo("Asia/Shanghai")
ZONE = "mall-d-l1-gold"
STRANGERS = 50
CAMPAIGN = f'name = "gold-hello"\nmerchant = "m-007"\n[trigger]\nevent = "enter"\nzone = "{ZONE}"\n'


def measured(seconds: int) -> dict[str, float]:
    """Latencies in s: p50, p95, max; and how many triggers of how many expected."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _district(root, seconds)
        command = [sys.executable, "-m", "pipelines.cli", "stream", "--config", root / "district"]
        stream = subprocess.Popen([*map(str, command), "--raw", str(root / "raw"), "--data", str(root / "data")])
        try:
            time.sleep(5)  # imports and compiled code
            latencies = _fed(root, seconds)
        finally:
            stream.terminate()
            stream.wait()
    p50, p95 = np.percentile(latencies, [50, 95]) if latencies else (np.nan, np.nan)
    worst = max(latencies, default=np.nan)
    return {"p50": float(p50), "p95": float(p95), "max": worst, "triggers": len(latencies), "expected": seconds}


def _district(root: Path, members: int) -> None:
    """A simulated district without its logs; `members` devices have logged in a minute ago."""
    today = datetime.datetime.now(TIME_ZONE).date() - datetime.timedelta(days=1)
    simulate(out=root / "simulated", config=root / "district", days=1, lines=5_000, start=today)
    for campaign in (root / "district" / "campaigns").glob("*.toml"):
        campaign.unlink()
    (root / "district" / "campaigns" / "gold-hello.toml").write_text(CAMPAIGN)
    with (root / "district" / "consents.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["purpose"] == "location" and not row["withdrawn"]]
    name = rows[0]["member"]
    for feed in ("portal", "mall-d"):
        (root / "raw" / feed).mkdir(parents=True)
    at = _local(time.time() - 60)
    logins = "".join(f"{at},{_address(device)},{name},\n" for device in range(members))
    (root / "raw/portal/today.csv").write_text(f"time,device,member,ap\n{logins}")
    (root / "raw/mall-d/today.csv").write_text("time,ap,client,event\n")


def _fed(root: Path, seconds: int) -> list[float]:
    """Writes a line a second for a member, and listens; the latency of each trigger."""
    written: dict[int, float] = {}
    heard: dict[int, float] = {}
    rng = random.Random(1)
    triggers = root / "data/stream/triggers.ndjson"
    with (root / "raw/mall-d/today.csv").open("a") as log:
        for device in range(seconds):
            now = time.time()
            lines = [f"{_local(now)},{ZONE}-ap1,{_address(device)},join\n"]
            lines += [f"{_local(now)},mall-d-l4-hall-ap1,{_stranger(rng)},join\n" for _ in range(STRANGERS)]
            log.write("".join(lines))
            log.flush()
            written[int(_rounded(now) * 1000)] = time.time()
            _listen(triggers, heard, until=now + 1)
        _listen(triggers, heard, until=time.time() + 5)
    return [heard[at_ms] - written[at_ms] for at_ms in written if at_ms in heard]


def _listen(path: Path, heard: dict[int, float], until: float) -> None:
    while time.time() < until:
        if path.exists():
            for line in path.read_text().splitlines():
                heard.setdefault(json.loads(line)["at_ms"], time.time())
        time.sleep(0.02)


def _rounded(at: float) -> float:
    return round(at * 1000) / 1000


def _local(at: float) -> str:
    stamp = datetime.datetime.fromtimestamp(_rounded(at), TIME_ZONE)
    return stamp.strftime("%Y-%m-%d %H:%M:%S.") + f"{stamp.microsecond // 1000:03}"


def _address(device: int) -> str:
    return f"02:aa:00:00:{device >> 8:02x}:{device & 255:02x}"


def _stranger(rng: random.Random) -> str:
    return "02:bb:" + ":".join(f"{rng.randrange(256):02x}" for _ in range(4))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=300)
    result = measured(parser.parse_args().seconds)
    print("trigger after its line: " + "  ".join(f"{name} {value:.3g}" for name, value in result.items()))
