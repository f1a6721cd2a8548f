"""A line of a raw log made fit for people to read: no address in it, in no notation, whole or in part.

What is masked beside the addresses of devices: those of access points, IP addresses (an IPv6 one may contain a MAC),
names of accounts, people and devices, e-mail addresses, phone numbers in their fields, networks that a device asked
for, tokens, and a receiver's shared secret. Which lines may be shown is not decided here.
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
# Fields whose value is somebody's: `User-Name = "x"`, `username=guest one MAC=..`, `"mobile":"x"`, `token=x&`
_FIELD = re.compile(
    r"((?<![a-z])(?:\w+_)?(?:(?:raw)?user-?(?:name|id)|mobile|phone|e-?mail|(?:first|last|full)name|hostname|token|secret)"
    r'"?\s*[=:]\s*)("[^"]*"|[^\s,;&")](?:[^,;&")\n]*?(?=\s[\w-]+=|[,;&")\n]|$)))',
    re.IGNORECASE,
)
_HIDDEN = rf"(?:{re.escape(ADDRESS)}|{re.escape(DEVICE)})"  # an address that was masked already
# The same where a vendor's words stand around it: (what stays before it), (what is hidden), (what stays after it)
_NAMED = [
    re.compile(before + hidden + after, re.IGNORECASE)
    for before, hidden, after in (
        (r"([;\]]\s?USER:)", r"([^;]+)", r"(;)"),  # Huawei
        (r"(\busername(?: entry)? \()", r"([^)]*)", r"(\))"),  # Cisco's controllers
        (r"(\bstation\s+)", r"(\S+)", rf"(\s+{_HIDDEN})"),  # Cisco IOS: the name that a client gave itself
        (r"(\buser )", r"(\S+)", r"( logged )"),  # MikroTik
        (rf"(\[client:(?!{_HIDDEN}\]))", r"(.*?)", rf"(:{_HIDDEN}\])"),  # Omada
        (r"(\btoken )", r"(\S+)", r"()"),  # nodogsplash
        (r'("(?:user|guest)"\s*:\s*")', r'([^"]*)', r'(")'),  # UniFi: the device's address, or its name
        (r'("CLIENT"\s*:\s*\{[^}]*?"name"\s*:\s*")', r'([^"]*)', r'(")'),
        (rf"(, *-?\d+, *\d+, *(?:\(not associated\)|{_HIDDEN}) *,)", r"(.*\S)", r"(\s*$)"),  # airodump
    )
]
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
    line = _MAC.sub(lambda found: DEVICE if _DIGITS.sub("", found[0].lower()) in own else ADDRESS, line)
    for pattern in _NAMED:
        line = pattern.sub(lambda found: found[1] + _unnamed(found[2]) + found[3], line)
    line = _MAIL.sub(ADDRESS, _FIELD.sub(lambda found: found[1] + _unnamed(found[2]), line))
    return _IPV4.sub(ADDRESS, _IPV6.sub(ADDRESS, line))


def _unnamed(value: str) -> str:
    """… in place of a value that is somebody's; an address in its place is masked already."""
    bare = value.strip('"')
    return value if bare in (ADDRESS, DEVICE, "") else value.replace(bare, _CUT)


def excerpt(line: str, width: int) -> str:
    """At most `width` characters of a masked line, around [the device] if it is there: a body may tell of hundreds."""
    if len(line) <= width:
        return line
    start = max(0, min(line.find(DEVICE) - width // 2, len(line) - width))
    end = start + width
    return (_CUT if start else "") + line[start:end] + (_CUT if end < len(line) else "")
