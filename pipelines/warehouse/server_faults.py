"""What goes wrong with a server, as one line with a cure: its own errors, the driver's, the network's."""

import re
from typing import Any

from schemas import SinkError

_TRACE = re.compile(r"\s*Stack trace:.*", re.DOTALL)
_SHUT = "start the server, or mend host, port and secure of [warehouse]; a run that was cut off is safe to start again"
_CUT = "start the server, or wait for the network, and run again: nothing of an unfinished load is visible"
_FULL = "free space on the disk of the server and run again: nothing of an unfinished load is visible"
_DENIED = "mend user, password_env or password_file of [warehouse]"
# ClickHouse's codes for what an operator can change.
_CURES = {
    516: _DENIED,
    192: _DENIED,
    193: _DENIED,
    194: _DENIED,
    497: "grant the user of [warehouse] what docs/operations.md lists",
    81: "CREATE DATABASE it on the server, or mend database of [warehouse]",
    241: "the query needs more memory than the server allows: a shorter range of days, or a higher max_memory_usage",
    159: "the query took longer than the limit: a shorter range of days, or a longer query_timeout in [warehouse]",
    243: _FULL,
    75: _FULL,
    252: "the server merges too slowly: wait, and run again",
}


def fault_of(name: str, error: Exception, *, connecting: bool) -> SinkError:
    """The SinkError of `error`, which the warehouse `name` raised; `connecting`: before any statement was sent."""
    code = getattr(error, "code", None)
    text = _first_line(getattr(error, "message", "") or str(error) or type(error).__name__)
    if _is_of_server(error):
        cure = _FULL if "No space left" in text else _CURES.get(int(code or 0), "")
        return SinkError(f"{name}: Code: {code}. {text}", cure)
    return SinkError(f"{name}: {text}", _SHUT if connecting else _CUT)


def _is_of_server(error: Any) -> bool:
    from clickhouse_driver.errors import ServerException

    return isinstance(error, ServerException)


def _first_line(text: str) -> str:
    line = (_TRACE.sub("", text.removeprefix("DB::Exception: ")).strip() or "no more is said").splitlines()[0]
    return line.removesuffix(".")
