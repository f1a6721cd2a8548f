"""`shangquan explain`: where a number comes from."""

from typing import Annotated

import typer

from pipelines.commands.options import ConfigOption, DataOption, JsonOption, RawOption
from pipelines.job import make_job
from pipelines.summary import Reporter

app = typer.Typer(help="Where a number comes from.", no_args_is_help=True)


@app.command("visit")
def explain_visit(
    visit: Annotated[int, typer.Argument(help="a visit_id")],
    config: ConfigOption,
    raw: RawOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """The lines a visit came from, addresses masked; parsing just these gives the same visit."""
    from pipelines.explain import explain

    job = make_job(config=config, raw=raw, data=data, definition=None, shards=1)
    explain(job=job, visit=visit, reporter=Reporter(as_json=as_json))
