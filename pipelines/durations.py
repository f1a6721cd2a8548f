"""Durations as people write them ("90s", "5m", "24h", "90d") and as the stages take them (integer ms)."""

import re
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

_UNITS_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_PATTERN = re.compile(r"(\d+)\s*(ms|s|m|h|d)")


def duration_ms(value: object) -> int:
    """`value` in ms; a string is a number and a unit, e.g. "5m". Raises ValueError otherwise."""
    match = _PATTERN.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f'{value!r} is no duration: write a number and a unit of ms, s, m, h, d, e.g. "5m"')
    return int(match[1]) * _UNITS_MS[match[2]]


def spelled(ms: int) -> str:
    """The shortest exact spelling: 900000 -> "15m"."""
    for unit in ("d", "h", "m", "s"):
        if ms and ms % _UNITS_MS[unit] == 0:
            return f"{ms // _UNITS_MS[unit]}{unit}"
    return f"{ms}ms"


# In models: ms; in their JSON form as people write them.
Duration = Annotated[
    int, BeforeValidator(duration_ms), PlainSerializer(spelled, return_type=str, when_used="json-unless-none")
]
