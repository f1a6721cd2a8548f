"""The commands of a list of addresses. They come from a file or a pipe: a command line is seen by others and kept."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from pipelines.address_lists import AddressList
from pipelines.commands.options import ConfigOption, DataOption, JsonOption
from pipelines.job import Job, claim, make_job
from pipelines.summary import Reporter, Summary
from schemas import InputError

FileOption = Annotated[
    Path | None, typer.Option("--file", help="a file with an address a line; standard input if not given")
]


def list_app(what: str, list_of: Callable[[Job], AddressList]) -> typer.Typer:
    """`add` and `remove` of the list that a job has; `what` it is, for the help."""
    app = typer.Typer(help=f"{what} The list holds no address.", no_args_is_help=True)

    def opened(config: Path, data: Path | None) -> AddressList:
        job = make_job(config=config, raw=None, data=data, definition=None, shards=1)
        claim(job)
        return list_of(job)

    @app.command()
    def add(
        config: ConfigOption, file: FileOption = None, data: DataOption = None, as_json: JsonOption = False
    ) -> None:
        """Put addresses on the list. They come from a file or a pipe: a command line is seen by others and kept."""
        listed = opened(config, data)
        _say(listed, {"added": listed.add(_addresses(file))}, as_json=as_json)

    @app.command()
    def remove(
        config: ConfigOption, file: FileOption = None, data: DataOption = None, as_json: JsonOption = False
    ) -> None:
        """Take addresses off the list again."""
        listed = opened(config, data)
        _say(listed, {"removed": listed.remove(_addresses(file))}, as_json=as_json)

    return app


def _say(listed: AddressList, counts: dict[str, int], *, as_json: bool) -> None:
    counts = counts | {"listed": listed.count}
    Reporter(as_json=as_json).say(Summary(counts, listed.path, head=listed.job.district_name))


def _addresses(file: Path | None) -> Iterator[str]:
    if file is None:
        yield from sys.stdin
        return
    try:
        yield from file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{file}: cannot be read as UTF-8 text", "mend --file") from None
