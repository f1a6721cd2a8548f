"""A MAC address in text, in any notation, as a 48-bit number. One at a time: log lines have their own scanner."""

import re

_SEPARATORS = re.compile(r"[:.\-]")
_FORMS = re.compile(
    r"[0-9a-f]{2}(?P<octet>[:-])(?:[0-9a-f]{2}(?P=octet)){4}[0-9a-f]{2}"  # 02:aa:.. 02-aa-..
    r"|[0-9a-f]{4}(?P<word>[.-])[0-9a-f]{4}(?P=word)[0-9a-f]{4}"  # 02aa.bbcc.ddee 02aa-bbcc-ddee
    r"|[0-9a-f]{12}",
    re.IGNORECASE,
)
_LENGTHS = (12, 14, 17)


def mac_of_text(text: str) -> int | None:
    """The address, or None if `text` is none."""
    text = text.strip()
    if len(text) not in _LENGTHS or not _FORMS.fullmatch(text):
        return None
    return int(_SEPARATORS.sub("", text), 16)
