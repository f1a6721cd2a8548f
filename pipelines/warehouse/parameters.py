"""Query parameters as ClickHouse reads them in a session: text in TSV escaping. Only here does a value become text."""

import datetime
from collections.abc import Sequence

from pipelines.warehouse.protocol import Parameter, Parameters

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0"})


def spelled(parameters: Parameters) -> dict[str, str]:
    """Every value as the text from which ClickHouse reads exactly that value back."""
    return {name: _spelled(value) for name, value in parameters.items()}


def _spelled(value: Parameter) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | datetime.date):
        return str(value)
    return _array(value)


def _array(values: Sequence[str] | Sequence[int]) -> str:
    return "[" + ",".join(_quoted(v) if isinstance(v, str) else str(v) for v in values) + "]"


def _quoted(text: str) -> str:
    return "'" + text.translate(_ESCAPES).replace("'", "\\'") + "'"
