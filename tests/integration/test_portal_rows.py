"""A portal that names the access point: the login is a sighting too, so a member's visit goes on after it."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.product.command import shangquan

DISTRICT = """
[district]
name = "corner"
time_zone = "UTC"
day_start = 00:00:00

[[feeds]]
name = "wlan"
format = "csv"
glob = "wlan.csv"
columns = {kind = "kind"}

[[feeds]]
name = "mute"
format = "csv"
glob = "mute.csv"
reports_leaving = false

[members]
members = "members.csv"
consents = "consents.csv"

[members.portal]
glob = "portal.csv"
columns = {at = "at", device = "device", member = "member"%s}
"""
PHONE, OTHER = "02:00:5e:00:00:01", "02:00:5e:00:00:02"
FILES = {
    "district/aps.csv": "ap,bssid,zone,valid_from,valid_until,feed\ndoor,,shop,,,wlan\nhall,,street,,,mute\n",
    "district/zones.csv": "zone,name,site,floor,kind,x_m,y_m,width_m,height_m\n"
    "shop,Shop,mall,1,shop,0,0,10,10\nstreet,Street,road,,street,10,0,10,10\n",
    "district/members.csv": "member,joined\nm-1,2026-01-01\nm-2,2026-01-01\n",
    "district/consents.csv": "member,purpose,merchant,given,withdrawn\n"
    "m-1,location,,2026-01-01T00:00:00Z,\nm-2,location,,2026-01-01T00:00:00Z,\n",
    "raw/wlan.csv": "at,device,ap,kind\n"
    f"2026-11-21T09:00:00Z,{PHONE},door,joined\n2026-11-21T10:30:00Z,{PHONE},door,left\n",
    "raw/mute.csv": f"at,device,ap\n2026-11-21T09:00:00Z,{OTHER},hall\n2026-11-21T11:00:00Z,{OTHER},hall\n",
    "raw/portal.csv": "at,device,member,ap\n"
    f"2026-11-21T09:01:00Z,{PHONE},m-1,door\n2026-11-21T09:01:00Z,{OTHER},m-2,hall\n",
}


def visits_of_members(root: Path, ap: str) -> list[tuple[int, int]]:
    """(first minute after 09:00, minutes) of each visit of a member's device."""
    for name, text in {**FILES, "district/district.toml": DISTRICT % ap}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    options = ["--config", root / "district", "--raw", root / "raw", "--data", root / "data", "--day", "2026-11-21"]
    for step in ("ingest", "sessionize"):
        shangquan(step, *options).done()
    rows = pq.read_table(root / "data/visits/day=2026-11-21/default.parquet").to_pylist()
    nine_ms = 1_795_251_600_000
    spans = [(row["start_ms"], row["end_ms"] - row["start_ms"]) for row in rows if row["subject"] < 0]
    return sorted(((start - nine_ms) // 60_000, dwell // 60_000) for start, dwell in spans)


@pytest.mark.parametrize(
    ("ap", "visits"),
    [
        pytest.param("", [(120, 0)], id="the login cuts the visit, and nothing links what comes after"),
        pytest.param(', ap = "ap"', [(1, 0), (1, 89), (120, 0)], id="the login is a join"),
    ],
)
def test_a_login_that_names_an_access_point(tmp_path, ap, visits):
    """At an AP whose own feed never tells of leaving a join makes no link: there the visit does not go on."""
    assert visits_of_members(tmp_path, ap) == visits
