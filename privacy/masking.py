"""A line of a raw log made fit for people to read: no address in it, in no notation, whole or in part.

What is masked beside the addresses of devices: those of access points, IP addresses (an IPv6 one may contain a MAC),
names of accounts, e-mail addresses, and a receiver's shared secret. Which lines may be shown is not decided here.
"""

import re
from collections.abc import Collection

DEVICE = "[the device]"
ADDRESS = "xx:xx"
_CUT = "…"

_MAC = re.compile(
    r"(?<![0-9a-f])(?:[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4,}"  # 02:aa:.. 02-aa-.., EUI-64 too
    r"|[0-9a-f]{4}([.-])[0-9a-f]{4}(?:\2[0-9a-f]{4}){1,2}"  # 02aa.bbcc.ddee 02aa-bbcc-ddee
    r"|[0-9a-f]{12}|(?=[0-9]*[a-f])[0-9a-f]{13,})(?![0-9a-f])",  # 02aabbccddee, and longer ones: hashes, session ids
    re.IGNORECASE,
)
_IPV6 = re.compile(r"(?<![\w:.])(?=[0-9a-f:]*::|(?:[0-9a-f]{1,4}:){3})[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}", re.I)
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
_SECRET = re.compile(r'("secret"\s*:\s*)"[^"]*"')
_ACCOUNT = re.compile(r'\b(user-?(?:name|id)"?\s*[=:]\s*)("[^"]*"|[^\s,;"]+)', re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_DIGITS = re.compile(r"[^0-9a-f]")


def masked(line: str, macs: Collection[int] = (), texts: Collection[str] = (), others: Collection[str] = ()) -> str:
    """`line` with [the device] for the addresses of one device, and xx:xx for every other address.

    Args:
        macs: the device's addresses that are MACs, as 48-bit numbers.
        texts: its addresses that are none, as the log spells them.
        others: addresses of other devices that are no MACs.
    """
    for text in sorted({*texts, *others} - {""}, key=len, reverse=True):
        line = line.replace(text, DEVICE if text in texts else ADDRESS)
    own = {f"{mac:012x}" for mac in macs}
    line = _MAIL.sub(ADDRESS, _ACCOUNT.sub(r'\1"…"', _SECRET.sub(r'\1"…"', line)))
    line = _MAC.sub(lambda found: DEVICE if _DIGITS.sub("", found[0].lower()) in own else ADDRESS, line)
    return _IPV4.sub(ADDRESS, _IPV6.sub(ADDRESS, line))


def excerpt(line: str, width: int) -> str:
    """At most `width` characters of a masked line, around [the device] if it is there: a body may tell of hundreds."""
    if len(line) <= width:
        return line
    start = max(0, min(line.find(DEVICE) - width // 2, len(line) - width))
    end = start + width
    return (_CUT if start else "") + line[start:end] + (_CUT if end < len(line) else "")
