"""`shangquan db`: the warehouse's tables and the files beside it, from version to version and from place to place."""

import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import ConfigOption, DataOption, JsonOption
from pipelines.job import Job, make_job
from pipelines.summary import Reporter, Summary
from schemas import ConfigError

app = typer.Typer(help="The warehouse: its version, its tables, its place.", no_args_is_help=True)
_CURE = "`--from-embedded DIR --to-server` or `--from-server --to-embedded DIR`"


@app.command()
def migrate(config: ConfigOption, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Bring warehouse, day files and stream snapshot of an older version to this one; again, it does nothing."""
    from pipelines.upgrade import upgrade_files, upgrade_snapshot
    from pipelines.warehouse.opening import open_warehouse
    from pipelines.warehouse.versions import migrate as migrate_warehouse

    job, reporter = _job(config, data), Reporter(as_json=as_json)
    with open_warehouse(job, as_it_is=True) as warehouse:
        done = migrate_warehouse(warehouse, {one.rules().name: one.limits for one in job.config.definitions})
    for name in done:
        reporter.note(f"warehouse: {name}")
    counts = {"migrations": len(done), "files": upgrade_files(job), "snapshots": int(upgrade_snapshot(job))}
    head = "upgraded" if any(counts.values()) else "nothing needed upgrading"
    reporter.say(Summary(counts, job.workspace.data, head=f"{job.district_name}: {head}"))


@app.command()
def check(config: ConfigOption, data: DataOption = None, as_json: JsonOption = False) -> None:
    """What is behind or ahead of this version, and who holds the warehouse; no table is changed."""
    from pipelines.upgrade import files_behind, snapshot_behind
    from pipelines.warehouse.opening import open_warehouse, where
    from pipelines.warehouse.versions import standing_of

    job, reporter = _job(config, data), Reporter(as_json=as_json)
    reporter.note(f"warehouse  {where(job)}")
    with open_warehouse(job, as_it_is=True) as warehouse:
        standing = standing_of(warehouse)
    for remark in standing.remarks:
        reporter.note(f"warehouse: {remark}")
    files, snapshot = files_behind(job), snapshot_behind(job)
    for path in [*files, *([snapshot] if snapshot else [])]:
        reporter.note(f"{path}: of an older version")
    counts = {"behind": len(standing.remarks) + len(files) + int(snapshot is not None)}
    head = "run `shangquan db migrate`" if counts["behind"] else "as this version makes it"
    reporter.say(Summary(counts, job.workspace.data, head=f"{job.district_name}: {head}"))


@app.command("copy")
def copy_history(
    config: ConfigOption,
    from_embedded: Annotated[Path | None, typer.Option(help="the folder of an embedded warehouse")] = None,
    to_server: Annotated[bool, typer.Option("--to-server", help="into the server of [warehouse]")] = False,
    from_server: Annotated[bool, typer.Option("--from-server", help="from the server of [warehouse]")] = False,
    to_embedded: Annotated[Path | None, typer.Option(help="a folder for an embedded warehouse")] = None,
    as_json: JsonOption = False,
) -> None:
    """Every visible day from one warehouse to the other, each compared afterwards; again, only what differs."""
    from pipelines.warehouse.embedded import Embedded
    from pipelines.warehouse.moving import copy
    from pipelines.warehouse.opening import open_server

    pairs = {(True, True, False, False): True, (False, False, True, True): False}
    goes_up = pairs.get((from_embedded is not None, to_server, from_server, to_embedded is not None))
    folder = from_embedded or to_embedded
    if goes_up is None or folder is None:
        raise ConfigError("db copy: one way of two", _CURE)
    if goes_up and not folder.is_dir():
        raise ConfigError(f"{folder}: no such folder", "name the `warehouse` folder of a data folder")
    job, reporter = _job(config, None), Reporter(as_json=as_json)

    def on_day(date: datetime.date, definition: str, rows: int | None) -> None:
        reporter.say(Summary({"rows": rows} if rows is not None else {}, head=_head(date, definition, rows)))

    with open_server(job) as server, Embedded(folder) as embedded:
        source, target = (embedded, server) if goes_up else (server, embedded)
        copied = copy(source, target, job.district_name, on_day)
    reporter.say(Summary({"days copied": copied}, folder, head=f"{job.district_name}: equal on both sides"))


def _head(date: datetime.date, definition: str, rows: int | None) -> str:
    return f"{date}  {definition}" + ("  was there" if rows is None else "")


def _job(config: Path, data: Path | None) -> Job:
    return make_job(config=config, raw=None, data=data, definition=None, shards=1)
