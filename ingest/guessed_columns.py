"""A guess at what the columns of somebody's CSV or JSON Lines mean, from their titles and the words in them.

A guess is tried on the head of the file and shown to the operator (`ingest.recognised`); a declaration is never guessed
over.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

DELIMITERS = (",", ";", "\t", "|")

# Titles as they occur, lower case, letters and digits only; the first that a file has is taken.
_TITLES: Mapping[str, Sequence[str]] = {
    "at": (
        "at",
        "timestamp",
        "time",
        "datetime",
        "eventtime",
        "ts",
        "when",
        "seentime",
        "lastseen",
        "epoch",
        "时间",
        "時間",
    ),
    "device": (
        "device",
        "clientmac",
        "stationmac",
        "devicemac",
        "usermac",
        "macaddress",
        "mac",
        "client",
        "station",
        "sta",
        "deviceid",
        "终端mac",
        "ユーザー情報",
    ),
    "ap": ("ap", "apname", "accesspoint", "apmac", "bssid", "apid", "where", "设备名称", "施設no"),
    "kind": ("kind", "event", "eventtype", "action", "what", "eventname"),
    "signal": ("signal", "rssi", "signaldbm", "dbm", "signalstrength", "信号强度"),
}
_NEEDED = ("at", "device", "ap")

# What a word for a kind begins with; the first that fits decides, so `disassoc` stands before `assoc`.
_BEGINNINGS = (
    ("left", ("disassoc", "deauth", "disconn", "leave", "left", "logout", "offline", "exit", "out", "stop")),
    ("idle", ("idle", "timeout", "age")),
    ("ignored", ("auth",)),
    ("joined", ("reassoc", "assoc", "join", "conn", "login", "roam", "online", "enter", "in", "start")),
    ("seen", ("seen", "probe", "presence", "location", "heartbeat", "interim")),
)


def guessed_columns(titles: Iterable[str]) -> dict[str, str] | None:
    """`columns` of a feed with these titles; None unless time, device and AP are among them."""
    plain = {re.sub(r"[\W_]", "", title.rpartition(".")[2].lower()): title for title in titles}
    found = {ours: next((plain[word] for word in words if word in plain), None) for ours, words in _TITLES.items()}
    if any(found[name] is None for name in _NEEDED):
        return None
    return {ours: title for ours, title in found.items() if title is not None}


def guessed_kinds(words: Iterable[str]) -> dict[str, str]:
    """`kinds` of a feed whose kind column holds these words; a word that says nothing is left out."""
    return {word: kind for word in words if (kind := _kind(word)) is not None}


def _kind(word: str) -> str | None:
    plain = re.sub(r"[\W_]", "", word.lower())
    return next((kind for kind, beginnings in _BEGINNINGS if plain.startswith(beginnings)), None)
