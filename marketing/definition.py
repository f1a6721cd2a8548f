"""One audience or campaign file, as TOML gave it: keys taken one by one, every fault noted, all raised at once.

What does not live here: which keys there are (`audiences`, `campaigns`), and reading the file.
"""

import dataclasses
import datetime
import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

from schemas import ConfigError

REQUIRED = "required"
T = TypeVar("T")

NAME = re.compile(r"\w[\w.-]{0,79}")
RESERVED = ("district", "tokens", "triggers")  # names that an export's own folders and files bear


class Definition:
    """The keys of one file. A `take_*` returns the value, or a harmless stand-in after noting a fault."""

    def __init__(self, file: str, given: Mapping[str, Any], faults: list[str], within: str = "") -> None:
        self._file, self._given, self._faults, self._within = file, dict(given), faults, within

    def fault(self, what: str) -> None:
        self._faults.append(f"{self._file}: {what}")

    def take_name(self) -> str:
        """The key `name`: fit to be part of a file's name."""
        name = self.take_text("name")
        if name and not NAME.fullmatch(name):
            return self._text_fault("name may hold letters, digits, - _ and . (80 at most)")
        if name in RESERVED:
            return self._text_fault(f'name "{name}" is a reserved word; take another')
        return name

    def take_merchant(self, allowed: Collection[str] | None, default: str = REQUIRED) -> str:
        """The key `merchant`, one of `allowed` if that is given: fit to be the name of its folder of exports."""
        merchant = self.take_text("merchant", default, allowed)
        if merchant and (merchant in RESERVED or not NAME.fullmatch(merchant)):
            return self._text_fault(f"merchant must be letters, digits, - _ and ., and none of {', '.join(RESERVED)}")
        return merchant

    def take_text(self, key: str, default: str = REQUIRED, allowed: Collection[str] | None = None) -> str:
        """A non-empty text, one of `allowed` if that is given."""
        value = self._taken(key, None if default is REQUIRED else default)
        if value is None:
            return ""
        if not isinstance(value, str) or (not value and default is REQUIRED):
            return self._text_fault(f"{key} must be a text")
        if allowed is not None and value and value not in allowed:
            return self._text_fault(f'{key} "{value}" is unknown{_choices(allowed)}')
        return value

    def take_share(self, key: str, default: float) -> float:
        """A share of people, from 0 to below 1."""
        value = self._taken(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1:
            return self._wrong(key, "must be a number from 0 to below 1, such as 0.1", default)
        return float(value)

    def take_minutes(self, key: str) -> int:
        """A whole number of minutes, up to a day."""
        value = self._taken(key, None)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1440):
            return self._wrong(key, "must be a whole number of minutes from 1 to 1440", 0)
        return int(value or 0)

    def take_instant(self, key: str, tz: datetime.tzinfo, default_ms: int) -> int:
        """Epoch ms of a TOML date (its local midnight), local or offset date-time."""
        if not self.has(key):
            return default_ms
        value = self._taken(key, None)
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            value = datetime.datetime.combine(value, datetime.time())
        if not isinstance(value, datetime.datetime):
            return self._wrong(key, "must be a date or time without quotes, such as 2026-11-21", default_ms)
        return round((value if value.tzinfo else value.replace(tzinfo=tz)).timestamp() * 1000)

    def take_part(self, key: str) -> "Definition":
        """A sub-table, whose faults are noted with this file's."""
        value = self._taken(key, None)
        if value is not None and not isinstance(value, Mapping):
            value = self._wrong(key, f"must be a table: [{key}]", {})
        return Definition(self._file, value or {}, self._faults, f"{key}.")

    def has(self, key: str) -> bool:
        return key in self._given

    def finish(self, known: Iterable[str]) -> None:
        """Notes every key left over; `known` names the keys there are."""
        for key in self._given:
            self.fault(f"{self._within}{key} is no key of this file; there are {', '.join(known)}")

    def _taken(self, key: str, default: Any) -> Any:
        if key not in self._given and default is None:
            self.fault(f"{self._within}{key} is missing")
        return self._given.pop(key, default)

    def _text_fault(self, what: str) -> str:
        self.fault(f"{self._within}{what}")
        return ""

    def _wrong(self, key: str, what: str, stand_in: T) -> T:
        self.fault(f"{self._within}{key} {what}")
        return stand_in


def refuse(faults: list[str]) -> None:
    """Raises ConfigError with every fault, one a line; returns if there is none."""
    if faults:
        raise ConfigError("\n".join(faults))


def text_of(definition: Any) -> str:
    """A definition dataclass as canonical JSON: equal definitions give equal texts."""
    return json.dumps(dataclasses.asdict(definition), sort_keys=True, ensure_ascii=False)


def digest_of(definition: Any) -> str:
    """SHA-256 of `text_of`, in hex."""
    return hashlib.sha256(text_of(definition).encode()).hexdigest()


def _choices(allowed: Collection[str]) -> str:
    return f"; known are {', '.join(sorted(allowed))}" if len(allowed) <= 12 else ""
