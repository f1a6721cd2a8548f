"""shangquan stream and backtest: the trigger core on logs as they grow, and on a journal of how they did."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import ConfigOption, DataOption, DefinitionOption, JsonOption, RawOption
from pipelines.job import make_job
from pipelines.summary import Reporter


def stream(
    config: ConfigOption,
    raw: RawOption = None,
    data: DataOption = None,
    definition: DefinitionOption = None,
    replay: Annotated[
        bool, typer.Option("--replay", help="the log alone moves time: no wall-clock heartbeats")
    ] = False,
    until_end: Annotated[bool, typer.Option("--until-end", help="end when the files end")] = False,
    as_json: JsonOption = False,
) -> None:
    """Follow growing logs: triggers within seconds, visits as they close. Ctrl-C stops, a start resumes."""
    from pipelines.live.follow import follow

    follow(
        job=make_job(config=config, raw=raw, data=data, definition=definition, shards=1),
        replay=replay,
        until_end=until_end,
        reporter=Reporter(as_json=as_json),
    )


def backtest(
    config: ConfigOption,
    journal: Annotated[Path, typer.Option("--journal", help="a journal that `stream` recorded")],
    raw: RawOption = None,
    data: DataOption = None,
    definition: DefinitionOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="triggers go here (NDJSON)")] = None,
    as_json: JsonOption = False,
) -> None:
    """The same trigger core over a recorded journal: exactly what live did, or would have done."""
    from pipelines.live.backtest import backtest as run_backtest

    run_backtest(
        job=make_job(config=config, raw=raw, data=data, definition=definition, shards=1),
        journal=journal,
        out=out,
        reporter=Reporter(as_json=as_json),
    )
