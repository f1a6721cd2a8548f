"""The shape of a log line: what may be kept of a line that nobody understood, to see that the lines have changed.

Nothing of a line survives but punctuation and the words of protocols listed here, in lower case: an address, a name, an
account, an e-mail address or a number that stands anywhere in it is `~` or `0`, whatever its notation. Showing a whole
line with its addresses masked lives in `privacy.masking`.
"""

import re

WIDTH = 200  # characters of a line that are looked at
WORD, NUMBER = "~", "0"

# Words that equipment writes of itself. None consists of a to f alone: it could be part of an address.
_WORDS = """
    accepted access accounting acct action active aid aironet alert allowed ap aps assoc associated association
    associating attempt auth authenticated authentication authorized band bssid called calling capwap category cause
    channel client clients cmd code completed config connected connection controller daemon deauth
    deauthenticated deauthentication debug denied detected detail details device dhcp disassoc disassociated
    disassociation disconnect disconnected dot down driver dropped due duration eap enabled entry err error event
    exit failed failure firmware for framed from group handshake host hostapd http ieee ignored inactivity
    info input interface interim internal invalid ip ipv joined keepalive kernel key left level line link local
    login logout mac memory message method mgmt mode module mp nas network nl no not notice octets of offline ok on
    online open output packet packets pairwise password port powersave probe process psk radio radius reason
    reassoc reassociated reassociation received reject rejected request response restart result retry roam roamed
    roaming rssi scan security seq server session sessiontime severity signal size snr ssid sta start started state
    station status stop stopped success successful summary syslog system terminate terminated time timed timeout
    timestamp to trap type unknown up update updated user username version vap vlan warning was wids wifi wired wireless
    with without wlan wpa
"""
WORDS = frozenset(_WORDS.split())
_WORD = re.compile(r"[^\W_]+")
_TRAILING = re.compile(r"\d+$")
_SPACE = re.compile(r"\s+")


def shape_of(line: str) -> str:
    """The first `WIDTH` characters of `line`, every word that is not in `WORDS` as ~, every number as 0."""
    return _SPACE.sub(" ", _WORD.sub(_kept, line[:WIDTH])).strip()


def _kept(found: re.Match[str]) -> str:
    word = found[0].lower()
    stem = _TRAILING.sub(NUMBER, word)
    if stem == NUMBER or word.isdigit():
        return NUMBER
    return stem if word in WORDS or stem.removesuffix(NUMBER) in WORDS else WORD
