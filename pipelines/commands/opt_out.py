"""`shangquan opt-out`: whoever objects is dropped when the logs are read, member or not, whatever the day."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import ConfigOption, DataOption, JsonOption
from pipelines.job import Job, claim, make_job
from pipelines.opt_outs import listed_count, opt_in, opt_out
from pipelines.summary import Reporter, Summary
from schemas import InputError

app = typer.Typer(help="Addresses that must not be stored. The list holds no address.", no_args_is_help=True)
ListOption = Annotated[
    Path | None, typer.Option("--file", help="a file with an address a line; standard input if not given")
]


@app.command()
def add(config: ConfigOption, file: ListOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Put addresses on the list. They come from a file or a pipe: a command line is seen by others and kept."""
    _changed("added", opt_out, config, file, data, as_json)


@app.command()
def remove(config: ConfigOption, file: ListOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Take addresses off the list again."""
    _changed("removed", opt_in, config, file, data, as_json)


def _changed(
    word: str,
    change: Callable[[Job, Iterator[str]], int],
    config: Path,
    file: Path | None,
    data: Path | None,
    as_json: bool,
) -> None:
    job = make_job(config=config, raw=None, data=data, definition=None, shards=1)
    claim(job)
    counts = {word: change(job, _addresses(file)), "listed": listed_count(job)}
    Reporter(as_json=as_json).say(Summary(counts, job.workspace.opt_outs, head=job.district_name))


def _addresses(file: Path | None) -> Iterator[str]:
    if file is None:
        yield from sys.stdin
        return
    try:
        yield from file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{file}: cannot be read as UTF-8 text", "mend --file") from None
