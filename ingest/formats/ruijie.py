"""Ruijie's controllers over syslog, in any frame of `controller_frames`; addresses as 0200.5e00.0001.

    %APMG-6-STA_ADD: Client(..) notify: attach to AP (name).                                  joined
    %APMG-6-STA_CHANGE: Client(..) move from AP(a) radio 1 to AP(b) radio 1.                  joined, at b
    ... the same AP, another radio                                                            ignored: radio-change
    %ROAMING-6-ROAM_EVENT: Client(..) notify (Intra-AC Roaming):Roaming from AP(a) to AP(b).  joined, at b
    %APMG-6-STA_DEL: Client(..) notify: leave AP (name).                                      left
    STA_UPDT, STA_RSSI, and what else it says: no text of theirs is known that names the AP   ignored

A line has two stamps: the relay's, and behind it the controller's. They were seen 4, 10 and 94 s apart, also with
midnight between them. A row happened when the controller says, as all its rows do; the relay's stamp is when it was
received, and what a controller's clock can be measured by. The row's clock is the controller's name, else its address.

`(*2)` before the client and `[.. It occurred 3 times.!]` behind it count repeats: still one record, one row. The AP's
key is its name, which may hold spaces, brackets and Chinese in UTF-8 or GB18030 (feed setting `encoding`).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.eight_bytes import begins, byte_at, next_byte, packed, text_of
from ingest.formats.syslog_lines import Framed, Said
from ingest.formats.syslog_parser import ControllerParser
from ingest.reading import KEPT, passed_over, refused
from ingest.scan import NO_MAC, SPACE, is_device, mac_at, place_of
from ingest.words import is_equal
from schemas.compiled import compiled
from schemas.sighting import JOINED, LEFT, SEEN

_OTHER, _RADIO_CHANGE = passed_over("other-message"), passed_over("radio-change")
_NOT_THE_FORMAT, _BAD_ADDRESS = refused("not-the-format"), refused("bad-address")
_MAC_LENGTH = 14
_ADDED, _DELETED, _CHANGED = packed(b"STA_ADD:"), packed(b"STA_DEL:"), packed(b"STA_CHANGE:")
_ROAMED, _CLIENT = packed(b"ROAM_EVENT:"), packed(b"Client(")
_ATTACHES, _LEAVES = packed(b" attach to AP ("), packed(b" leave AP (")
_FROM, _TO = packed(b" from AP("), packed(b" to AP(")
_RADIO, _AWAY = packed(b") radio "), packed(b") to AP(")


class RuijieParser(ControllerParser):
    """Ruijie syslog of one feed."""

    def scan(self, buf: npt.NDArray[np.uint8], frames: Framed, said: Said) -> None:
        _scan(buf, frames, said)


@compiled
def _scan(buf: Any, frames: Any, said: Any) -> None:
    """Fill `said` and the verdicts."""
    text = text_of(buf)
    for i in range(frames.verdict.size):
        if frames.verdict[i] != KEPT:
            continue
        e = frames.stop[i]
        client = _client(text, frames.message[i], e)
        verdict, said.kind[i], said.ap[i], said.ap_stop[i] = _event(text, frames.program[i], client, e)
        if verdict == KEPT:
            said.mac[i], length = mac_at(text, client + 7, e)
            if length != _MAC_LENGTH or not is_device(said.mac[i]):
                verdict, said.mac[i] = _BAD_ADDRESS, NO_MAC
        frames.verdict[i] = verdict


@compiled
def _client(text: Any, s: Any, e: Any) -> Any:
    """The place of `Client(`, behind the count of repeats `(*2) `; `e` if it does not stand there."""
    while s < e and (byte_at(text, s) == SPACE or byte_at(text, s) == 40):  # (
        s = s + 1 if byte_at(text, s) == SPACE else next_byte(text, s, e, 41) + 1  # )
    return s if begins(text, s, e, _CLIENT) else e


@compiled
def _event(text: Any, mnemonic: Any, s: Any, e: Any) -> Any:
    """(verdict, kind, AP start, AP stop) of the text behind a mnemonic."""
    if begins(text, mnemonic, e, _ADDED):
        return _at_ap(text, place_of(text, s, e, _ATTACHES) + 15, e, JOINED)
    if begins(text, mnemonic, e, _DELETED):
        return _at_ap(text, place_of(text, s, e, _LEAVES) + 11, e, LEFT)
    is_change = begins(text, mnemonic, e, _CHANGED)
    if not is_change and not begins(text, mnemonic, e, _ROAMED):
        return _OTHER, SEEN, e, e
    old = place_of(text, s, e, _FROM) + 9
    old_stop = place_of(text, old, e, _RADIO) if is_change else place_of(text, old, e, _AWAY)
    new = place_of(text, old_stop, e, _TO) + 7
    new_stop = place_of(text, new, e, _RADIO) if is_change else _last_bracket(text, new, e)
    if new_stop < new or new_stop >= e:
        return _NOT_THE_FORMAT, SEEN, e, e
    if is_equal(text, old, old_stop, new, new_stop):
        return _RADIO_CHANGE, SEEN, e, e
    return KEPT, JOINED, new, new_stop


@compiled
def _at_ap(text: Any, s: Any, e: Any, kind: Any) -> Any:
    stop = _last_bracket(text, s, e)
    return (KEPT, kind, s, stop) if stop >= s else (_NOT_THE_FORMAT, kind, e, e)


@compiled
def _last_bracket(text: Any, s: Any, e: Any) -> Any:
    """The place of the last `)` in s..e, or -1."""
    at = e - 1
    while at >= s and byte_at(text, at) != 41:
        at -= 1
    return at if at >= s else -1
