"""`shangquan opt-out`: whoever objects is dropped when the logs are read, member or not, whatever the day."""

from pathlib import Path

import typer

from pipelines.address_lists import AddressList, opt_outs_of
from pipelines.commands.address_files import AddressesOption, add_to, remove_from
from pipelines.commands.options import ConfigOption, DataOption, JsonOption
from pipelines.job import claim, make_job

app = typer.Typer(help="Addresses that must not be stored. The list holds no address.", no_args_is_help=True)


@app.command()
def add(
    config: ConfigOption, file: AddressesOption = None, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """Put addresses on the list. They come from a file or a pipe: a command line is seen by others and kept."""
    add_to(_list(config, data), file, as_json=as_json)


@app.command()
def remove(
    config: ConfigOption, file: AddressesOption = None, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """Take addresses off the list again."""
    remove_from(_list(config, data), file, as_json=as_json)


def _list(config: Path, data: Path | None) -> AddressList:
    job = make_job(config=config, raw=None, data=data, definition=None, shards=1)
    claim(job)
    return opt_outs_of(job)
