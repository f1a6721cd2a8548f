"""Lists of access points as vendors' consoles export them -> rows of aps.csv.

The titles of columns differ between versions and languages of a console, so each is found by several spellings, without
regard to case and punctuation, or is named by the operator. Which zone an access point stands in no vendor knows: at
best a tag or a note says so.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ingest.bssids import MAC_BITS, SAME_AP_BITS
from ingest.mac_text import mac_of_text
from schemas import InputError

NAME, MAC = "name", "mac"
HEADER = ("ap", "bssid", "zone", "valid_from", "valid_until", "feed")
_CURE = "give the titles with --columns name=TITLE,mac=TITLE"


@dataclass(frozen=True)
class Vendor:
    """How one vendor's export says what an access point is called and which addresses it has.

    `names`, `macs`: titles of the columns, best first. `bssids`: the cell of aps.csv for a MAC of the export.
    """

    names: tuple[str, ...]
    macs: tuple[str, ...]
    bssids: Callable[[int], str]


@dataclass(frozen=True)
class Imported:
    """One access point of an export, as aps.csv has it; no zone where the export says none."""

    ap: str
    bssid: str
    zone: str


def mac_text(mac: int) -> str:
    """`aa:bb:cc:dd:ee:ff`."""
    return mac.to_bytes(6, "big").hex(":")


def _of_aruba(mac: int) -> str:
    """The wired MAC and the 16 BSSIDs that follow from it: 4 bits to the left, the topmost of them turned over.

    community.arubanetworks.com, "How is the BSSID derived from the Access Point ethernet MAC address?" (2014): of
    d8:c7:c8:cc:43:24 come d8:c7:c8:44:32:40 to :4f. A second wired port gives 16 more; exports name the first alone.
    """
    vendor, own = mac >> 24 << 24, mac & 0xFF_FF_FF
    first = vendor | ((own << MAC_BITS - SAME_AP_BITS & 0xFF_FF_FF) ^ 0x80_00_00)
    return f"{mac_text(mac)} {mac_text(first)}/{SAME_AP_BITS}"


# Meraki: Wireless > Access points, downloaded as CSV. Its BSSIDs differ by model, and in other octets than the last:
# documentation.meraki.com, "Calculating Cisco Meraki BSSID MAC Addresses"; scanning logs name the base MAC. UniFi: a
# device's `name` and `mac` in the API, which scripts that export it keep (developer.ui.com, "List Devices"). Aruba
# Central: the list of access points and the inventory; a controller: `show ap database long`.
VENDORS: Mapping[str, Vendor] = {
    "meraki": Vendor(("Name", "Device name"), ("MAC address", "MAC"), mac_text),
    "unifi": Vendor(("Name", "Device name", "Alias", "Hostname"), ("MAC address", "MAC"), mac_text),
    "aruba": Vendor(
        ("AP Name", "Device Name", "Name"), ("MAC Address", "Wired MAC Address", "Ethernet MAC", "eth_mac"), _of_aruba
    ),
}


def access_points(
    data: bytes, vendor: Vendor, file: str, columns: Mapping[str, str] | None = None, zone_column: str | None = None
) -> list[Imported]:
    """The access points of an export, in its order; InputError with every fault of it at once.

    Args:
        file: its name, for faults.
        columns: titles in place of the vendor's, by NAME and MAC.
        zone_column: the title of the column that says the zone.
    """
    titles, *records = _records(data, file) or [[]]
    asked = columns or {}
    name = _place(titles, [asked[NAME]] if NAME in asked else vendor.names, file)
    mac = _place(titles, [asked[MAC]] if MAC in asked else vendor.macs, file)
    zone = None if zone_column is None else _place(titles, [zone_column], file)
    found: dict[str, Imported] = {}
    faults = []
    for number, cells in enumerate(records, 2):
        if not any(cells):
            continue
        cells += [""] * (len(titles) - len(cells))
        address = mac_of_text(cells[mac])
        if address is None:
            faults.append(f"{file} record {number}: {titles[mac]} is no MAC address")
            continue
        ap = cells[name] if cells[name] and mac_of_text(cells[name]) is None else f"ap-{address:012x}"
        if ap in found:
            faults.append(f"{file} record {number}: there is another {ap}; give each its own name")
        found[ap] = Imported(ap, vendor.bssids(address), "" if zone is None else cells[zone])
    if faults:
        raise InputError("\n".join(faults))
    return list(found.values())


def aps_csv(points: Iterable[Imported]) -> str:
    """aps.csv with these access points, valid for ever."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows((point.ap, point.bssid, point.zone, "", "", "") for point in points)
    return text.getvalue()


def _records(data: bytes, file: str) -> list[list[str]]:
    """The cells of every record; commas, semicolons or tabs part them, whichever the title line has most of."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{file}: is not UTF-8", "save the export as UTF-8") from None
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise InputError(f"{file}: is no csv: {error}", "export it anew") from None
    return [[cell.strip() for cell in record] for record in records]


def _place(titles: list[str], wanted: Iterable[str], file: str) -> int:
    plain = [_plain(title) for title in titles]
    for title in wanted:
        if _plain(title) in plain:
            return plain.index(_plain(title))
    looked_for = " or ".join(f'"{title}"' for title in wanted)
    shown = ", ".join(titles) or "nothing"
    raise InputError(f"{file}: no column {looked_for}; its first line says {shown}", _CURE)


def _plain(title: str) -> str:
    return "".join(letter for letter in title.casefold() if letter.isalnum())
