"""Which warehouse a job works on: the one place that knows the adapters and where the password is named."""

from pathlib import Path

from pipelines.environment import secret
from pipelines.job import Job
from pipelines.warehouse.embedded import Embedded, owner_of
from pipelines.warehouse.protocol import Warehouse
from pipelines.warehouse.server import Server
from schemas import ConfigError


def open_warehouse(job: Job, *, as_it_is: bool = False) -> Warehouse:
    """The warehouse of [warehouse]: SinkError if it cannot be opened, ConfigError if its password is not there.

    `as_it_is`: tables of another version are not refused.
    """
    if job.config.warehouse.kind == "server":
        return open_server(job, as_it_is=as_it_is)
    return Embedded(job.workspace.warehouse, as_it_is=as_it_is)


def open_server(job: Job, *, as_it_is: bool = False) -> Server:
    """The server of [warehouse]; ConfigError if none is named there."""
    settings = job.config.warehouse
    if settings.kind != "server":
        raise ConfigError("district.toml: no server is named", '[warehouse] kind = "server" and host')
    folder = job.config.folder
    file = folder / settings.password_file if settings.password_file else None
    password = secret("[warehouse] password", variable=settings.password_env, file=file)
    there = {"ca": folder / settings.ca} if settings.ca else {}
    return Server(settings.model_copy(update=there), password, as_it_is=as_it_is)


def where(job: Job) -> str:
    """For people: the server's address, or the folder and who holds it now."""
    settings = job.config.warehouse
    if settings.kind == "server":
        return f"server {settings.host}, database {settings.database}"
    owner = owner_of(job.workspace.warehouse)
    return f"held by {owner}" if owner else "free"


def path_of(job: Job) -> Path | None:
    """The folder of an embedded warehouse."""
    return job.workspace.warehouse if job.config.warehouse.kind == "embedded" else None
