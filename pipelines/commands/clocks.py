"""`shangquan clocks`: what is known of the clocks that stamp lines, and finding it out before a first run."""

from typing import Annotated

import typer

from pipelines.commands.options import ConfigOption, DataOption, DaysOption, JsonOption, RawOption
from pipelines.job import make_job
from pipelines.summary import Reporter

app = typer.Typer(help="The controllers' clocks: how wrong each is, and how that is known.", no_args_is_help=True)


@app.command("list")
def list_all(
    config: ConfigOption, data: DataOption = None, days: DaysOption = "all", as_json: JsonOption = False
) -> None:
    """Each clock's offset, drift, error and source; the last day known if no days are named."""
    from pipelines.clocks import list_clocks

    job = make_job(config=config, raw=None, data=data, definition=None, shards=1)
    list_clocks(job=job, days=days, reporter=Reporter(as_json=as_json))


@app.command()
def estimate(
    config: ConfigOption,
    days: Annotated[str, typer.Option("--days", help="days to find the clocks of, each from the day before it")],
    raw: RawOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read logs of earlier days for their clocks alone, and freeze what the named days will be corrected by.

    So a district's first day is corrected too: --raw names older logs, laid out as the feeds' globs say.
    """
    from pipelines.clocks import estimate_clocks

    job = make_job(config=config, raw=raw, data=data, definition=None, shards=1)
    estimate_clocks(job=job, days=days, reporter=Reporter(as_json=as_json))
