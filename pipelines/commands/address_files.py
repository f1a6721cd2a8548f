"""Addresses as commands take them: from a file or a pipe, for a command line is seen by others and kept."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from pipelines.address_lists import AddressList
from pipelines.summary import Reporter, Summary
from schemas import InputError

AddressesOption = Annotated[
    Path | None, typer.Option("--file", help="a file with an address a line; standard input if not given")
]


def add_to(listed: AddressList, file: Path | None, *, as_json: bool) -> None:
    """Put the addresses of `file` on the list, and say how many were not there."""
    _say(listed, {"added": listed.add(_addresses(file))}, as_json=as_json)


def remove_from(listed: AddressList, file: Path | None, *, as_json: bool) -> None:
    """Take the addresses of `file` off the list, and say how many were there."""
    _say(listed, {"removed": listed.remove(_addresses(file))}, as_json=as_json)


def _say(listed: AddressList, counts: dict[str, int], *, as_json: bool) -> None:
    Reporter(as_json=as_json).say(
        Summary(counts | {"listed": listed.count}, listed.path, head=listed.job.district_name)
    )


def _addresses(file: Path | None) -> Iterator[str]:
    if file is None:
        yield from sys.stdin
        return
    try:
        yield from file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{file}: cannot be read as UTF-8 text", "mend --file") from None
