"""`shangquan own-devices`: phones of staff and machines of the house are no visitors, and dropped when read."""

from pathlib import Path

import typer

from pipelines.address_lists import AddressList, own_list_of
from pipelines.commands.address_files import AddressesOption, add_to, remove_from
from pipelines.commands.options import ConfigOption, DataOption, JsonOption
from pipelines.job import claim, make_job

app = typer.Typer(
    help="The operator's own devices, which are counted in no figure. The list holds no address.", no_args_is_help=True
)


@app.command()
def add(
    config: ConfigOption, file: AddressesOption = None, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """Declare addresses. They come from a file or a pipe: a command line is seen by others and kept."""
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
    return own_list_of(job)
