"""The district's own folder: settings, zones, access points, merchants, members, consents, campaigns, audiences.

CSV files are written anew; settings, campaigns and audiences that are there already are left alone: they may be edited.
"""

import csv
import datetime
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipelines.files import write_bytes
from pipelines.simulate.columns import HOUR_MS
from pipelines.simulate.membership import Members, member_name
from pipelines.simulate.settings import AUDIENCES, CAMPAIGNS, DISTRICT
from pipelines.simulate.town import FEED_NAMES, Zone, town

_EPOCH = datetime.datetime(1970, 1, 1)  # noqa: DTZ001 - local times, as the files hold them


def write_folder(folder: Path, members: Members, start: datetime.date, days: int, traps: frozenset[str]) -> None:
    """Everything that `shangquan run --config folder` needs for the simulated raw logs."""
    _write_csv(folder / "zones.csv", _ZONE_COLUMNS, (_zone_row(zone) for zone in town().zones))
    _write_csv(folder / "aps.csv", ("ap", "bssid", "zone", "valid_from", "valid_until", "feed"), _ap_rows(traps))
    merchants = ((m.merchant, m.name, town().zones[m.zone].zone, "", "") for m in town().merchants)
    _write_csv(folder / "merchants.csv", ("merchant", "name", "zone", "valid_from", "valid_until"), merchants)
    joined = ((member_name(n), _local(at)) for n, at in enumerate(members.joined_ms.tolist()))
    _write_csv(folder / "members.csv", ("member", "joined"), joined)
    consents = ((member_name(n), what, who, _local(a), _local(b)) for n, what, who, a, b in members.consents())
    _write_csv(folder / "consents.csv", ("member", "purpose", "merchant", "given", "withdrawn"), consents)
    facts = {
        "start": start,
        "until": start + datetime.timedelta(days=days),
        "merchant": {town().zones[m.zone].zone: m.merchant for m in town().merchants},
    }
    _write_new(folder / "district.toml", DISTRICT)
    for name, text in CAMPAIGNS.items():
        _write_new(folder / "campaigns" / f"{name}.toml", text.format(**facts))
    for name, text in AUDIENCES.items():
        _write_new(folder / "audiences" / f"{name}.toml", text.format(**facts))


_ZONE_COLUMNS = ("zone", "name", "site", "floor", "kind", "x_m", "y_m", "width_m", "height_m")


def _zone_row(zone: Zone) -> tuple[Any, ...]:
    return zone.zone, zone.name, zone.site, zone.floor, zone.kind, zone.x, zone.y, zone.width, zone.height


def _ap_rows(traps: frozenset[str]) -> Iterable[tuple[str, ...]]:
    """Every AP; with the trap `unregistered` one on the street is forgotten."""
    forgotten = town().aps[5].ap if "unregistered" in traps else ""
    for ap in town().aps:
        if ap.ap != forgotten:
            yield ap.ap, ap.bssid, town().zones[ap.zone].zone, "", "", FEED_NAMES[ap.feed]


def _local(at_ms: int) -> str:
    """A local time of the district; empty for -1."""
    return "" if at_ms < 0 else str(_EPOCH + datetime.timedelta(milliseconds=at_ms + 8 * HOUR_MS))


def _write_csv(path: Path, header: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    write_bytes(path, text.getvalue().encode())


def _write_new(path: Path, text: str) -> None:
    if not path.exists():
        write_bytes(path, text.encode())
