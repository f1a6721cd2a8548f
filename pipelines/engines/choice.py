"""Which engine a command names, with the options that stand after `--`."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from schemas import ConfigError

if TYPE_CHECKING:
    from pipelines.engine_run import Engine

LOCAL = "local"


def engine_of(name: str, options: Sequence[str]) -> "Engine | None":
    """The engine; None for the local one. ConfigError if there is none of that name, or its options are wrong."""
    if name == LOCAL:
        if options:
            raise ConfigError(f"engine local: no option {options[0]}", "options after -- are for another --engine")
        return None
    if name not in _ENGINES:
        known = ", ".join([LOCAL, *_ENGINES])
        raise ConfigError(f"--engine {name}: no such engine", f"take one of: {known}")
    return _ENGINES[name](options)


def _spark(options: Sequence[str]) -> "Engine":
    from pipelines.engines.spark import OnSpark

    return OnSpark(options)


def _beam(options: Sequence[str]) -> "Engine":
    from pipelines.engines.beam import OnBeam

    return OnBeam(options)


_ENGINES: dict[str, Callable[[Sequence[str]], "Engine"]] = {"spark": _spark, "beam": _beam}
