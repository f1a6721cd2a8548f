"""The options of a Beam run: which runners are taken, and what each must be told. What an option means is Beam's."""

import socket
from collections.abc import Sequence

from schemas import ConfigError

IN_PROCESS, PORTABLE = "FnApiRunner", "PortableRunner"
_HOW = f"write -- --runner={IN_PROCESS}, or -- --runner={PORTABLE} --job_endpoint=HOST:PORT --environment_type=LOOPBACK"
_NEEDED = {IN_PROCESS: (), PORTABLE: ("job_endpoint", "environment_type")}
_JOB_NAME = "job_name"
_ANSWERS_S = 5


def flags_of(options: Sequence[str]) -> list[str]:
    """`options` with a fixed job name; ConfigError without a runner, for one not taken, or for what a runner lacks.

    Beam's default runner is none of them: it fetches a program, and falls back to another runner without a word.
    """
    given = _by_name(options)
    runner = given.get("runner")
    if runner is None:
        raise ConfigError("engine beam: no runner is named", _HOW)
    if runner not in _NEEDED:
        raise ConfigError(f"engine beam: runner {runner} is not taken", _HOW)
    for name in _NEEDED[runner]:
        if not given.get(name):
            raise ConfigError(f"engine beam: {runner} needs --{name}", _HOW)
    return [*options, *([] if _JOB_NAME in given else [f"--{_JOB_NAME}=shangquan"])]


def require_job_server(flags: Sequence[str]) -> None:
    """ConfigError if a job endpoint is named where nobody listens: Beam would wait there for minutes."""
    endpoint = _by_name(flags).get("job_endpoint")
    if endpoint is None:
        return
    host, _, port = endpoint.rpartition(":")
    try:
        socket.create_connection((host, int(port)), _ANSWERS_S).close()
    except (OSError, ValueError):
        raise ConfigError(
            f"engine beam: no job server answers at {endpoint}",
            "start Prism or Flink's job server; see docs/engines.md",
        ) from None


def _by_name(options: Sequence[str]) -> dict[str, str]:
    """Values by name of `--name=value` and `--name value`; "" for an option without a value."""
    found: dict[str, str] = {}
    name = ""
    for word in options:
        if word.startswith("--"):
            name, _, found_value = word[2:].partition("=")
            found[name] = found_value
        elif name:
            found[name] = found[name] or word
    return found
