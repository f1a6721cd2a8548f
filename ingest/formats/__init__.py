"""One module per log format, all of one shape: `prepare` a parser from the head of a file, then `parse` its chunks.

    parser = FORMATS["csv"].prepare(head, feed)          # once a file
    reading = parser.parse(chunk, first_line, near_ms)   # for each chunk of whole lines, in any order, in any thread

Cutting a file at other ends of records gives the same rows. No bytes make a parser raise; `prepare` raises ConfigError
where the feed's declaration cannot be.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from ingest.bodies import LONGEST_BODY
from ingest.feed import Feed
from ingest.formats import (
    airodump,
    aruba,
    aruba_ale,
    capture,
    cisco_cmx,
    cisco_firehose,
    cisco_ios,
    cisco_wlc,
    coovachilli,
    csv,
    freeradius,
    h3c,
    hostapd,
    huawei,
    json_lines,
    kismet,
    meraki,
    meraki_v2,
    mikrotik,
    mist,
    mist_location,
    nodogsplash,
    omada,
    parquet,
    radacct,
    ruijie,
    ubiquiti,
    unifi,
    unifi_log,
    wifidog,
)
from ingest.reading import LONGEST_LINE, Reading


class Parser(Protocol):
    """A format, bound to one feed and the head of one file."""

    def parse(self, chunk: Any, first_line: int, near_ms: int) -> Reading:
        """The Reading of `chunk`: bytes of whole records (only the file's last may lack its end), a
        pa.Table or, of a capture, Frames.

        `first_line`: its place in the file, from 1. A time without a year lies in the year that brings it closest to
        the instant `near_ms`.
        """


@dataclass(frozen=True)
class Format:
    """How to read one format. `prepare(head, feed)`: head = at least the file's first line (other units: anything).

    A line longer than `longest_line` bytes is refused; a reader may cut it off after one byte more. A chunk may end
    wherever one of `record_ends` does. `tells_joins_late`: the end of a session tells its join too, in a second row.
    `names_users`: its rows may say who logged in. `tells_silence_twice`: a leave for silence is also told as any other.
    `tells_two_clocks`: its rows may have a `received_ms`, without a feed that maps one.
    """

    prepare: Callable[[bytes, Feed], Parser]
    unit: Literal["lines", "table", "capture"] = "lines"
    longest_line: int = LONGEST_LINE
    record_ends: tuple[bytes, ...] = (b"\n",)
    tells_joins_late: bool = False
    names_users: bool = False
    tells_silence_twice: bool = False
    tells_two_clocks: bool = False

    def parse(self, whole: Any, first_line: int, feed: Feed, near_ms: int) -> Reading:
        """A whole file at once."""
        head = whole if isinstance(whole, bytes) else b""
        return self.prepare(head, feed).parse(whole, first_line, near_ms)


FORMATS: dict[str, Format] = {
    "csv": Format(csv.CsvParser.of),
    "jsonl": Format(json_lines.JsonLinesParser.of),
    "parquet": Format(parquet.ParquetParser.of, unit="table"),
    "hostapd": Format(hostapd.HostapdParser.of, tells_silence_twice=True, tells_two_clocks=True),
    "meraki-v2": Format(meraki_v2.MerakiV2Parser.of, longest_line=LONGEST_BODY),
    "meraki-v3": Format(meraki.MerakiParser.of, longest_line=LONGEST_BODY),
    "aruba": Format(aruba.ArubaParser.of, names_users=True, tells_two_clocks=True),
    "cisco-ios": Format(cisco_ios.CiscoIosParser.of, tells_two_clocks=True),
    "cisco-wlc": Format(cisco_wlc.CiscoWlcParser.of, names_users=True, tells_two_clocks=True),
    "h3c": Format(h3c.H3cParser.of, tells_two_clocks=True),
    "huawei": Format(huawei.HuaweiParser.of, tells_two_clocks=True),
    "ruijie": Format(ruijie.RuijieParser.of, tells_two_clocks=True),
    "mikrotik": Format(mikrotik.MikrotikParser.of, tells_two_clocks=True),
    "ubiquiti": Format(ubiquiti.UbiquitiParser.of, tells_silence_twice=True, tells_two_clocks=True),
    "aruba-ale": Format(aruba_ale.ArubaAleParser.of, longest_line=LONGEST_BODY),
    "mist": Format(mist.MistParser.of, longest_line=LONGEST_BODY),
    "mist-location": Format(mist_location.MistLocationParser.of, longest_line=LONGEST_BODY),
    "unifi": Format(unifi.UnifiParser.of, longest_line=LONGEST_BODY),
    "unifi-log": Format(unifi_log.UnifiLogParser.of, longest_line=LONGEST_BODY),
    "cisco-firehose": Format(cisco_firehose.CiscoFirehoseParser.of, longest_line=LONGEST_BODY, names_users=True),
    "cisco-cmx": Format(cisco_cmx.CiscoCmxParser.of, longest_line=LONGEST_BODY),
    "omada": Format(omada.OmadaParser.of, tells_two_clocks=True),
    "wifidog": Format(wifidog.WifidogParser.of),
    "coovachilli": Format(coovachilli.CoovachilliParser.of, tells_two_clocks=True),
    "nodogsplash": Format(nodogsplash.NodogsplashParser.of, tells_two_clocks=True),
    "freeradius": Format(
        freeradius.FreeradiusParser.of,
        record_ends=freeradius.RECORD_ENDS,
        tells_joins_late=True,
        names_users=True,
        tells_two_clocks=True,
    ),
    "radacct": Format(radacct.RadacctParser.of, names_users=True),
    "airodump": Format(airodump.AirodumpParser.of),
    "kismet": Format(kismet.KismetParser.of, unit="capture"),
    "capture": Format(capture.CaptureParser.of, unit="capture"),
}
