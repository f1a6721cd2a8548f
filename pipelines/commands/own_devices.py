"""`shangquan own-devices`: phones of staff and machines of the house, whose visits the figures leave out."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines.address_lists import AddressList, own_list_of
from pipelines.commands.address_files import AddressesOption, add_to, remove_from
from pipelines.commands.options import ConfigOption, DataOption, JsonOption
from pipelines.job import claim, make_job

app = typer.Typer(
    help="The operator's own devices, flagged and left out of figures. The lists hold no address.", no_args_is_help=True
)


class Role(StrEnum):
    """What a device of the operator's is."""

    STAFF = "staff"
    ASSET = "asset"


RoleOption = Annotated[Role, typer.Option("--role", help="staff: somebody's who works here; asset: a machine")]


@app.command()
def add(
    config: ConfigOption,
    role: RoleOption,
    file: AddressesOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Declare addresses. They come from a file or a pipe: a command line is seen by others and kept."""
    add_to(_list(config, data, role), file, as_json=as_json)


@app.command()
def remove(
    config: ConfigOption,
    role: RoleOption,
    file: AddressesOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take addresses off the list of that role."""
    remove_from(_list(config, data, role), file, as_json=as_json)


def _list(config: Path, data: Path | None, role: Role) -> AddressList:
    job = make_job(config=config, raw=None, data=data, definition=None, shards=1)
    claim(job)
    return own_list_of(job, role.value)
