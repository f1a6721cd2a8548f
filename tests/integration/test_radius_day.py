"""A day of RADIUS accounting: a power cut that no visit outlives, and accounts that name members."""

import datetime
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.product.command import shangquan

DISTRICT = """
[district]
name = "corner"
time_zone = "UTC"
day_start = 00:00:00
registry = "from data"

[[feeds]]
name = "accounting"
format = "freeradius"
glob = "detail-*"
ap_is = "called-station"
"""
DAY = "2026-11-21"
PHONES = [f"02-00-5E-00-00-{number:02X}" for number in range(1, 9)]
ACCOUNT = r"86138\d\d000000"  # of anybody; shorter digits are found in pseudonyms by chance
INTERIM_S = 600
CUT_S = 10 * 3600 + 42 * 60  # the instant at which the power goes
UP_S = CUT_S + 900


def at(second: int) -> datetime.datetime:
    return datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC) + datetime.timedelta(seconds=second)


def record(second: int, status: str, phone: str = "", ap: int = 1, **more: object) -> str:
    lines = {
        "Acct-Status-Type": status,
        **({"User-Name": f'"+86138{phone[-2:]}000000"'} if phone else {}),
        **({"Calling-Station-Id": f'"{phone}"', "Called-Station-Id": f'"ap-{ap}:mall"'} if phone else {}),
        "NAS-IP-Address": "192.0.2.14",
        **{name.replace("_", "-"): value for name, value in more.items()},
        "Event-Timestamp": at(second).strftime('"%b %d %Y %H:%M:%S UTC"'),
        "Timestamp": int(at(second).timestamp()) + 1,
    }
    body = "".join(f"\t{name} = {value}\n" for name, value in lines.items())
    return at(second).strftime("%a %b %e %H:%M:%S %Y\n") + body + "\n"


def session(number: int, phone: str) -> tuple[list[tuple[int, str]], int]:
    """A phone's records, and when it really left; those still there when the power goes leave then."""
    begun = 9 * 3600 + number * 700
    end = begun + 2400 if number < 3 else CUT_S
    told = [(begun, record(begun, "Start", phone, number % 2))]
    told += [(s, record(s, "Interim-Update", phone, number % 2)) for s in range(begun + INTERIM_S, end, INTERIM_S)]
    if end < CUT_S:
        told.append((end, record(end, "Stop", phone, number % 2, Acct_Session_Time=end - begun)))
    return told, end


@pytest.fixture
def day(tmp_path: Path) -> tuple[list[object], dict[int, int]]:
    """The arguments of a run over that day, and when the visit really ended that began at each instant."""
    told, truth = [(UP_S, record(UP_S, "Accounting-On"))], {}
    for number, phone in enumerate(PHONES):
        records, end = session(number, phone)
        told += records
        truth[int(at(records[0][0]).timestamp() * 1000)] = int(at(end).timestamp() * 1000)
    again = UP_S + 4 * 3600 - 900  # a phone that comes back within the hold of a join, and stays for ten minutes
    told += [(again, record(again, "Start", PHONES[-1])), (again + 600, record(again + 600, "Stop", PHONES[-1]))]
    truth[int(at(again).timestamp() * 1000)] = int(at(again + 600).timestamp() * 1000)
    config, raw = tmp_path / "district", tmp_path / "raw"
    config.mkdir()
    raw.mkdir()
    (config / "district.toml").write_text(DISTRICT, encoding="utf-8")
    (raw / f"detail-{DAY}").write_text("".join(text for _, text in sorted(told)), encoding="utf-8")
    return ["--config", config, "--raw", raw, "--data", tmp_path / "data"], truth


def test_a_power_cut_leaves_no_visit_behind(day, tmp_path):
    options, truth = day
    shangquan("run", *options, "--day", DAY).done()
    visits = pq.read_table(tmp_path / "data" / "visits" / f"day={DAY}" / "default.parquet").to_pylist()
    assert {row["start_ms"] for row in visits} == truth.keys()
    lost_ms = [truth[row["start_ms"]] - row["end_ms"] for row in visits]
    assert all(0 <= lost <= INTERIM_S * 1000 for lost in lost_ms), lost_ms
    assert lost_ms.count(0) == 4  # those whose stop was told
    told = shangquan("explain", "visit", visits[-1]["visit_id"], *options).done()
    assert "these lines alone make the same visit" in told
    assert "+86138" not in told


def test_the_shards_of_a_day_make_no_difference(day, tmp_path):
    options, _ = day
    found = []
    for shards in (1, 7):
        for step in ("ingest", "sessionize"):
            shangquan(step, *options, "--day", DAY, *(["--shards", shards] if step == "ingest" else [])).done()
        rows = pq.read_table(tmp_path / "data" / "visits" / f"day={DAY}" / "default.parquet").to_pylist()
        found.append(sorted((row["start_ms"], row["end_ms"]) for row in rows))
    assert found[0] == found[1]


MEMBERS = """
[members]
members = "members.csv"
consents = "consents.csv"
"""
FILES = {
    # Two devices of one person; one who consents later; one who did not.
    "members.csv": "member,joined,login\n"
    "m-1,2026-01-01,+8613801000000 +8613802000000\n"
    "m-3,2026-01-01,+8613803000000\n"
    "m-4,2026-01-01,+8613804000000\n",
    "consents.csv": "member,purpose,merchant,given,withdrawn\n"
    "m-1,location,,2026-01-01T00:00:00Z,\n"
    "m-3,location,,2026-11-21T09:40:00Z,\n",
}


def test_an_account_makes_a_device_the_members_and_is_kept_nowhere(day, tmp_path):
    """Decoded and byte by byte: no account of anybody is in anything that a run writes."""
    options, _ = day
    with (tmp_path / "district" / "district.toml").open("a", encoding="utf-8") as config:
        config.write(MEMBERS)
    for name, text in FILES.items():
        (tmp_path / "district" / name).write_text(text, encoding="utf-8")
    said = shangquan("run", *options, "--day", DAY)
    assert "visits" in said.done()
    rows = pq.read_table(tmp_path / "data" / "sightings" / f"day={DAY}" / "default.parquet").to_pylist()
    first_ms: dict[int, int] = {}
    for row in sorted(rows, key=lambda row: row["at_ms"]):
        first_ms.setdefault(row["subject"], row["at_ms"])
    of_members = sorted(at_ms for subject, at_ms in first_ms.items() if subject < 0)
    seconds = [(at_ms - int(at(0).timestamp() * 1000)) // 1000 for at_ms in of_members]
    begun = [9 * 3600 + number * 700 for number in range(3)]
    assert seconds == [*begun[:2], begun[2] + 2 * INTERIM_S]  # the third from the consent on
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert not [path.name for path in files if re.search(ACCOUNT.encode(), path.read_bytes())]
    tables = [pq.read_table(path, partitioning=None) for path in files if path.suffix == ".parquet"]
    assert not re.search(ACCOUNT, repr([table.to_pylist() for table in tables]) + said.out + said.err)
