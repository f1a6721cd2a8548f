"""A district written by hand: a street and a mall, three formats of address, one day."""

import gzip
import io
import lzma
import tarfile
from dataclasses import dataclass
from pathlib import Path

DAY = "2026-11-21"
ALICE, BOB, CAROL = "02:00:00:00:0a:11", "02:00:00:00:0b:22", "02:00:00:00:0c:33"
BADGE = "badge/7 (red)"  # an address that is no MAC

DISTRICT = """
[district]
name = "corner"
time_zone = "Asia/Shanghai"

[[feeds]]
name = "street"
format = "hostapd"
glob = "street/*.tar.xz"

[[feeds]]
name = "mall"
format = "csv"
glob = "mall/*.csv.gz"
columns = {at = "when", device = "client", ap = "where", kind = "what"}
kinds = {in = "joined", out = "left", seen = "seen"}

[[definitions]]
name = "default"

[[definitions]]
name = "by-site"
scope = "site"
"""
APS = "ap,bssid,zone,valid_from,valid_until\nstreet-1,,road,,\nshop-1,,shop,,\n"
ZONES = (
    "zone,name,site,floor,kind,x_m,y_m,width_m,height_m\n"
    "road,Road,street,,street,0,0,10,10\n"
    "shop,Shop,mall,1,shop,10,0,10,10\n"
)
STREET = f"""\
<30>1 {DAY}T10:00:00+08:00 street-1 hostapd 812 - - wlan0: STA {ALICE} IEEE 802.11: associated (aid 4)
<30>1 {DAY}T10:00:05+08:00 street-1 hostapd 812 - - wlan0: STA {BOB.upper()} IEEE 802.11: associated (aid 5)
<30>1 {DAY}T10:30:00+08:00 street-1 hostapd 812 - - wlan0: STA {BOB} IEEE 802.11: disassociated
<30>1 {DAY}T10:40:00+08:00 street-1 hostapd 812 - - a line of another kind
"""
MALL = f"""\
when,where,client,what
{DAY} 10:20:00,shop-1,{ALICE.replace(":", "-")},in
{DAY} 10:50:00,shop-1,{ALICE.replace(":", "")},out
{DAY} 11:00:00,shop-1,{BADGE},seen
{DAY} 11:05:00,shop-1,{BADGE},seen
{DAY} 11:06:00,shop-1,{CAROL},seen
not a time,shop-1,{CAROL},seen
"""


@dataclass(frozen=True)
class Corner:
    """The district's folders; `data` holds its day under both definitions."""

    config: Path
    raw: Path
    data: Path

    @property
    def options(self) -> tuple[str, ...]:
        return ("--config", str(self.config), "--raw", str(self.raw), "--data", str(self.data))


def write_corner(folder: Path) -> Corner:
    """The district and its raw logs; nothing is run."""
    config, raw = folder / "district", folder / "raw"
    for path, text in (("district.toml", DISTRICT), ("aps.csv", APS), ("zones.csv", ZONES)):
        config.mkdir(parents=True, exist_ok=True)
        (config / path).write_text(text, encoding="utf-8")
    (raw / "street").mkdir(parents=True)
    (raw / "mall").mkdir()
    (raw / "street" / "week.tar.xz").write_bytes(lzma.compress(tar_of("saturday.log", STREET.encode())))
    (raw / "mall" / "saturday.csv.gz").write_bytes(gzip.compress(MALL.encode()))
    return Corner(config, raw, folder / "data")


def tar_of(name: str, data: bytes) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as tar:
        member = tarfile.TarInfo(name)
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))
    return sink.getvalue()
