"""What a parser must know of its feed: the declaration of district.toml, without where its files lie."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Feed:
    """One ordered source of lines: a controller, a portal, a file series.

    `columns` maps our names (at, device, ap, kind, signal; login feeds: at, device, member) to the log's; in CSV also
    `delimiter`, the character between fields. `received` (when the row came in, by the receiver's clock) and `clock`
    (the name of the controller that stamped it) are read only where they are mapped. `kinds` maps the log's words for a
    kind to ours (joined, seen, left, idle) or to `ignored`; a word that it lacks is `bad-kind`. Without a `kind` column
    every row is what the empty word is mapped to, else `seen`. In a feed that never reports leaving (`reports_leaving`
    false) a join is a `seen` row: no link. `ap_is`, what names the AP: hostapd host or host/interface; RADIUS
    called-station (also in place of host), nas-identifier or location-name.
    `zone_names`: the IANA zone that an abbreviation in this log's stamps means (`ingest.zone_names`). `encoding` of its
    names: utf-8, gb18030, or auto: what is valid UTF-8 is that, all else GB18030.
    `idle_s` is the silence after which the controller reports an idle leave; ingest takes it off that row's time.
    """

    name: str
    format: str
    time_zone: str = "UTC"
    columns: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    time_format: str = "iso"
    reports_leaving: bool = True
    idle_s: int = 0
    ap_is: str = "host"
    zone_names: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "auto"
    lateness_ms: int = 2 * 3_600_000
