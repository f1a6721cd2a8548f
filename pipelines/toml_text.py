"""Settings as TOML text, for people to read and to put back into a file. Reading TOML lives in `pipelines.config`."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any


def toml_of(settings: Mapping[str, Any], notes: Mapping[str, str] | None = None) -> str:
    """`settings` as TOML: values of a table before its sub-tables, None and empty ones left out.

    Args:
        settings: tables, lists of tables and values as JSON has them.
        notes: a comment for the table of that name, for each table of a list by `NAME.its name`.
    """
    return "\n".join(_table("", settings, notes or {})).strip() + "\n"


def _table(path: str, table: Mapping[str, Any], notes: Mapping[str, str]) -> Iterator[str]:
    tables = {name: value for name, value in table.items() if _is_table(value)}
    for name, value in table.items():
        if name not in tables and value not in (None, [], {}):
            yield f"{_key(name)} = {json.dumps(value, ensure_ascii=False)}"
    for name, value in tables.items():
        full = f"{path}.{name}".lstrip(".")
        for one in value if isinstance(value, list) else [value]:
            if not any(part not in (None, [], {}) for part in one.values()):
                continue
            yield f"\n[[{full}]]" if isinstance(value, list) else f"\n[{full}]"
            note = notes.get(f"{full}.{one.get('name')}" if isinstance(value, list) else full)
            yield from [f"# {note}"] if note else []
            yield from _table(full, one, notes)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)
