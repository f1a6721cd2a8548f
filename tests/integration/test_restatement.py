"""A day that is run again with late lines says exactly what it moved, and the report which share of visits was touched.

Fifty phones and a member stay for some minutes each; 2 % of the lines, of two phones, come three hours later in a file
of their own. No cell is small (operator_k = 1), so every figure can be counted by hand from the Parquet files.
"""

import csv
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.product.command import shangquan

DAY = "2026-11-21"
DISTRICT = """
[district]
name = "quay"
time_zone = "UTC"
registry = "from data"

[[feeds]]
name = "wlan"
format = "csv"
glob = "*.csv"

[[definitions]]
name = "default"
tail = "0m"

[privacy]
operator_k = 1

[members]
members = "members.csv"
consents = "consents.csv"

[members.portal]
glob = "portal.log"
columns = {at = "at", device = "device", member = "member"}
"""
HEAD = "at,device,ap,kind"
MEMBER, LASTING = "02:00:5e:00:00:fe", "02:00:5e:00:00:ff"
FILES = {
    "district/district.toml": DISTRICT,
    "district/members.csv": "member,joined\nm-1,2026-01-01\n",
    "district/consents.csv": "member,purpose,merchant,given,withdrawn\nm-1,location,,2026-01-01T00:00:00Z,\n",
    "raw/portal.log": f"at,device,member\n{DAY}T10:30:00Z,{MEMBER},m-1\n",
}


def line(phone: str, minute: int, day: str = DAY) -> str:
    return f"{day}T{minute // 60:02d}:{minute % 60:02d}:00Z,{phone},door,seen"


def lines() -> tuple[list[str], list[str]]:
    """The day's lines in time, and the late ones: one makes a visit longer, the others are all that a phone said."""
    phones = [f"02:00:5e:00:00:{number:02x}" for number in range(50)]
    on_time = [line(phone, 600 + step) for phone in phones for step in (0, 8)]
    on_time += [line(MEMBER, 620), line(MEMBER, 628), line(MEMBER, 632), line(MEMBER, 640)]
    on_time += [f"2026-11-22T04:40:00Z,{LASTING},door,joined", f"2026-11-22T04:50:00Z,{LASTING},door,joined"]
    late = [line(phones[0], 617), line("02:00:5e:00:00:64", 700), line("02:00:5e:00:00:64", 712)]
    return on_time, late


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, float]]]:
    """The folder after the second run, and what both runs' visits came to."""
    root = tmp_path_factory.mktemp("quay")
    for name, text in FILES.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    options = ["--config", root / "district", "--raw", root / "raw", "--data", root / "data", "--since", DAY]
    totals = []
    for name, rows in zip(("friday", "late"), lines(), strict=True):
        (root / "raw" / f"{name}.csv").write_text("\n".join([HEAD, *rows, ""]))
        said = shangquan("run", *options).done()
        totals.append(counted(root))
    assert f"{DAY}  late files: 1" in said
    assert "restated " in said
    return root, totals


def counted(root: Path) -> dict[str, float]:
    """Visits of five minutes and more, and their minutes, by brute force."""
    rows = pq.read_table(root / f"data/visits/day={DAY}/default.parquet", partitioning=None).to_pylist()
    dwells = [(row["end_ms"] - row["start_ms"]) / 60_000 for row in rows]
    long = [dwell for dwell in dwells if dwell >= 5]
    return {"visits": len(long), "minutes": sum(long)}


def cells(path: Path) -> dict[tuple[str, str, str], dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {(row["figure"], row["row"], row["column"]): row for row in csv.DictReader(file)}


def test_a_restatement_sums_to_the_exact_difference(runs: tuple[Path, list[dict[str, float]]]) -> None:
    root, (first, second) = runs
    moved = cells(root / f"data/restatements/day={DAY}/default-1.csv")
    visits = moved["headline", "which=day", "visits"]
    assert float(visits["difference"]) == second["visits"] - first["visits"] == 1
    minutes = [row for (figure, _, column), row in moved.items() if (figure, column) == ("zones", "minutes")]
    assert sum(float(row["difference"]) for row in minutes) == second["minutes"] - first["minutes"] == 9 + 12
    assert {row["why"] for row in moved.values()} == {"late files: 1"}


def test_the_report_says_what_moved_and_why(runs: tuple[Path, list[dict[str, float]]]) -> None:
    page = (runs[0] / f"data/reports/day={DAY}/default.html").read_text()
    assert "Restated: what moved and why" in page
    assert "late files: 1" in page


def test_the_report_has_the_shares_of_late_split_and_cut_visits(runs: tuple[Path, list[dict[str, float]]]) -> None:
    root, (_, second) = runs
    told = cells(root / f"data/reports/day={DAY}/default.csv")
    planted = {"late_visits": 2, "split": 1, "cut": 1}
    for kind, visits in planted.items():
        row = {column: float(told["disturbed", f"kind={kind}", column]["value"]) for column in ("visits", "share")}
        assert row == {"visits": visits, "share": pytest.approx(visits / second["visits"], abs=5e-5)}
