"""Secrets by name, from an environment variable or a file that only its owner reads. No other module reads the
environment; what is read here is handed on once, and never logged or shown."""

import os
import stat
import sys
from pathlib import Path

from schemas import ConfigError


def secret(what: str, *, variable: str | None = None, file: Path | None = None) -> str:
    """The secret named by `variable`, or held by `file` (its text without the line end); empty if neither is given.

    ConfigError that names what is missing or too open, never a value.
    """
    if variable:
        if variable not in os.environ:
            raise ConfigError(f"{what}: the environment has no {variable}", f"set {variable} for this command")
        return os.environ[variable]
    return _content(what, file) if file else ""


def s3_options() -> dict[str, str]:
    """Endpoint and region of S3 as AWS's own tools take them from the environment; pyarrow wants them in an address.

    No credentials: the library finds those by itself.
    """
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL", "")
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION", "")
    scheme, _, host = endpoint.rpartition("://")
    options = {"endpoint_override": host.rstrip("/"), "scheme": scheme, "region": region}
    return {name: value for name, value in options.items() if value}


def give_workers_this_python() -> None:
    """Spark's Python workers run what runs this process, unless PYSPARK_PYTHON or spark-submit say otherwise."""
    if "PYSPARK_GATEWAY_PORT" not in os.environ:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)


def _content(what: str, file: Path) -> str:
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise ConfigError(f"{what}: {file}: others may read it", f"chmod 600 {file}")
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is not UTF-8"
        raise ConfigError(f"{what}: {file}: {reason.lower()}", "write the secret alone into the file") from None
