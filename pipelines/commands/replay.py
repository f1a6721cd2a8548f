"""`shangquan replay`: what an earlier run made of raw lines, made again with what is known now."""

import datetime
from typing import Annotated

import typer

from pipelines.commands.options import ConfigOption, DataOption, DefinitionOption, JsonOption, RawOption
from pipelines.job import make_job
from pipelines.summary import Reporter
from schemas import InputError

app = typer.Typer(help="Lines of an earlier run, read again.", no_args_is_help=True)


@app.callback()
def replay() -> None:
    """Lines of an earlier run, read again."""


@app.command()
def rejected(
    config: ConfigOption,
    day: Annotated[str, typer.Option("--day", help="a trading day that was run, e.g. 2026-11-21")],
    raw: RawOption = None,
    data: DataOption = None,
    definition: DefinitionOption = None,
    apply: Annotated[bool, typer.Option("--apply", help="run the day again if any line would be kept now")] = False,
    as_json: JsonOption = False,
) -> None:
    """A day's refused lines with the present code and settings: how many would be kept now, with masked samples."""
    from pipelines.replay import replay_rejected

    job = make_job(config=config, raw=raw, data=data, definition=definition, shards=16)
    replay_rejected(job=job, date=_date(day), apply=apply, reporter=Reporter(as_json=as_json))


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--day {text}: no date", "write it like 2026-11-21") from None
