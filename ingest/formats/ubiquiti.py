"""Ubiquiti's access points over syslog: UniFi's event daemon (`wevent`) and the hostapd on them. No controller.

    wevent.ubnt_custom_event(): EVENT_STA_JOIN ath0: 02:..:01 / 3                    joined
    wevent.ubnt_custom_event(): EVENT_STA_LEAVE ath0: 02:..:01 / 3                   left
    hostapd: ath2: STA 02:..:01 IEEE 802.11: associated, ..                          as in `hostapd`
    EVENT_STA_IP, stahtd's STA_ASSOC_TRACKER, and what else the AP says              ignored

Firmware puts the AP's own address into every line, before the host's place, in it, or behind it:

    <14>Dec 12 15:15:20 door ("U7LT,0200000000ff,v3.7.21.5389") libubnt[1441]: wevent...
    <30>Jun 30 18:00:00 door 0200000000ff,U6-Extender-6.8.2+15592: : wevent: wevent...
    <30>Jun 30 18:00:00 0200000000ff,U7-Lite-8.6.11+18870: hostapd: wifi0ap5: ...

That address is the AP's key (`02:00:00:00:00:ff`), for it outlives firmware and renaming; where none is, the syslog
host; with `ap_is = "host/interface"` either one and the radio's interface. The events of a controller are `unifi`.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.eight_bytes import begins, byte_at, next_byte, packed, text_of
from ingest.formats.hostapd import hostapd_event, interface_of
from ingest.formats.syslog_lines import Framed, Said, host_aps
from ingest.formats.syslog_parser import SyslogParser
from ingest.mac_text import mac_of_text
from ingest.reading import KEPT, passed_over, refused
from ingest.scan import NO_MAC, SPACE, Spans, is_device, mac_at, mac_text, place_of
from ingest.words import Words
from schemas.compiled import compiled
from schemas.sighting import JOINED, LEFT, SEEN

_OTHER, _BAD_ADDRESS = passed_over("other-message"), refused("bad-address")
_EVENT, _JOIN, _LEAVE = packed(b"EVENT_STA_"), packed(b"JOIN "), packed(b"LEAVE ")
_HOSTAPD = packed(b" hostapd: ")
_BARE_MAC, _MAC_LENGTH = 12, 17


class UbiquitiParser(SyslogParser):
    """Ubiquiti APs of one feed."""

    def scan(self, buf: npt.NDArray[np.uint8], frames: Framed, said: Said) -> None:
        _scan(buf, frames, said)

    def access_points(self, log: Spans, frames: Framed, said: Said) -> Words:
        places = (frames.host, frames.host_stop, said.ap, said.ap_stop)
        return host_aps(log, places, frames.verdict, self.feed, _named)


def _named(host: str) -> str:
    mac = mac_of_text(host)
    return host if mac is None else mac_text(mac)


@compiled
def _scan(buf: Any, frames: Any, said: Any) -> None:
    """Fill `said` (the interface as its `ap`) and the verdicts; the AP's address becomes the host."""
    text = text_of(buf)
    for i in range(frames.verdict.size):
        if frames.verdict[i] != KEPT:
            continue
        s, e = frames.host[i], frames.stop[i]
        event = place_of(text, s, e, _EVENT)
        if event < e:
            verdict, kind, mac, ap, ap_stop = _custom_event(text, event + 10, e)
        else:
            event = place_of(text, s - 1, e, _HOSTAPD)
            at, ap, ap_stop = interface_of(text, min(event + 10, e), e)
            verdict, kind, mac = hostapd_event(text, at, e)
        frames.verdict[i], said.kind[i], said.mac[i], said.ap[i], said.ap_stop[i] = verdict, kind, mac, ap, ap_stop
        own, own_stop = _own_address(text, s, event)
        if own_stop > own:
            frames.host[i], frames.host_stop[i] = own, own_stop


@compiled
def _custom_event(text: Any, s: Any, e: Any) -> Any:
    """(verdict, kind, address, interface start, interface stop) of `JOIN ath0: 02:..:01 / 3`."""
    is_join = begins(text, s, e, _JOIN)
    if not is_join and not begins(text, s, e, _LEAVE):
        return _OTHER, SEEN, NO_MAC, s, s
    interface = s + (5 if is_join else 6)
    stop = next_byte(text, interface, e, 58)  # :
    at = min(stop + 2, e)
    mac, length = mac_at(text, at, e)
    kind = JOINED if is_join else LEFT
    if length != _MAC_LENGTH or not is_device(mac):
        return _BAD_ADDRESS, kind, NO_MAC, s, s
    return KEPT, kind, mac, interface, stop


@compiled
def _own_address(text: Any, s: Any, e: Any) -> Any:
    """(start, stop) of the twelve digits beside a comma in s..e; empty if there are none."""
    comma = next_byte(text, s, e, 44)  # ,
    while comma < e:
        before, after = comma - _BARE_MAC, comma + 1
        if before >= s and (before == s or byte_at(text, before - 1) == SPACE):
            _, length = mac_at(text, before, comma)
            if length == _BARE_MAC:
                return before, comma
        if after + _BARE_MAC < e and byte_at(text, after + _BARE_MAC) == 44:
            _, length = mac_at(text, after, after + _BARE_MAC)
            if length == _BARE_MAC:
                return after, after + _BARE_MAC
        comma = next_byte(text, after, e, 44)
    return s, s
