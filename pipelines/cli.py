"""The command line: parses, calls one keyword-only function per command, says how it ended. No rule lives here."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands import (
    capture,
    clocks,
    db,
    explain,
    keys,
    live,
    opt_out,
    own_devices,
    period,
    registry,
    replay,
    show,
)
from pipelines.commands.options import (
    ConfigOption,
    DataOption,
    DayOption,
    DaysOption,
    DefinitionsOption,
    EngineOption,
    FeedsOption,
    JsonOption,
    RawOption,
    SeedOption,
    ShardsOption,
    SinceOption,
    UntilOption,
)
from pipelines.job import Job, make_job
from pipelines.summary import Reporter
from schemas import ConfigError, ShangquanError

app = typer.Typer(
    name="shangquan",
    help="WiFi logs of a shopping district in; visits, reports and consented audiences out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(show.config, name="config")
app.add_typer(show.schema, name="schema")
app.add_typer(explain.app, name="explain")
app.add_typer(keys.app, name="keys")
app.add_typer(opt_out.app, name="opt-out")
app.add_typer(own_devices.app, name="own-devices")
app.add_typer(db.app, name="db")
app.add_typer(registry.app, name="registry")
app.add_typer(clocks.app, name="clocks")
app.add_typer(replay.app, name="replay")


def main() -> None:
    """The `shangquan` command: an operator's mistake is one message and its exit code, never a traceback."""
    try:
        app()
    except ShangquanError as error:
        typer.echo(f"shangquan: {error}", err=True)
        raise SystemExit(error.exit_code) from None


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="folder to make")] = Path("demo"),
    days: Annotated[int, typer.Option("--days", min=1, help="trading days to simulate")] = 14,
    lines: Annotated[int, typer.Option("--lines", min=1000, help="log lines a day, about")] = 80_000,
    seed: SeedOption = 1,
    as_json: JsonOption = False,
) -> None:
    """The whole product on a simulated district; ends with what to open."""
    from pipelines.demo import run_demo

    run_demo(out=out, days=days, lines=lines, seed=seed, reporter=Reporter(as_json=as_json))


@app.command()
def init(folder: Path, as_json: JsonOption = False) -> None:
    """A commented district folder to fill in."""
    from pipelines.init import init_district

    init_district(folder=folder, reporter=Reporter(as_json=as_json))


@app.command()
def simulate(
    out: Annotated[Path, typer.Option("--out", help="raw folder to write")],
    config: Annotated[
        Path | None, typer.Option("--config", help="district folder to write; beside the raw folder if not given")
    ] = None,
    start: Annotated[str, typer.Option("--start", help="first trading day")] = "2026-11-02",
    days: Annotated[int, typer.Option("--days", min=1, help="trading days to simulate")] = 1,
    lines: Annotated[int, typer.Option("--lines", min=1000, help="log lines a day, about")] = 80_000,
    seed: SeedOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Vendor-format logs of a simulated district, with ground truth."""
    from pipelines.demo import simulate_district

    simulate_district(
        out=out, config=config, start=start, days=days, lines=lines, seed=seed, reporter=Reporter(as_json=as_json)
    )


@app.command(context_settings={"allow_extra_args": True})
def run(
    context: typer.Context,
    config: ConfigOption,
    day: DayOption = None,
    days: DaysOption = "all",
    raw: RawOption = None,
    data: DataOption = None,
    definition: DefinitionsOption = None,
    feeds: FeedsOption = None,
    shards: ShardsOption = 16,
    engine: EngineOption = "local",
    since: SinceOption = None,
    until: UntilOption = None,
    plan: Annotated[bool, typer.Option("--plan", help="say which days are new or changed, and run none")] = False,
    as_json: JsonOption = False,
) -> None:
    """Trading days from raw logs to report and audiences: ingest, sessionize, load, report, audience, export.

    With --since, --until or --plan only days that are new or changed are run: each is named first, with its reason.
    What stands after -- goes to the engine, e.g. -- --master spark://host:7077
    """
    jobs = _job(config, raw, data, None, shards, feeds).under_each(definition)
    reporter = Reporter(as_json=as_json)
    if since or until or plan:
        from pipelines.scheduled import run_changed

        _refuse_days(day, days)
        run_changed(
            engine=engine, options=context.args, jobs=jobs, since=since, until=until, is_plan=plan, reporter=reporter
        )
    else:
        from pipelines.engine_run import run_days_on

        run_days_on(engine=engine, options=context.args, jobs=jobs, days=day or days, reporter=reporter)


def _refuse_days(day: str | None, days: str) -> None:
    """Days that are named are run whatever has changed."""
    if day or days != "all":
        raise ConfigError("--since, --until and --plan go without --day and --days", "take one way to name the days")


def _step(name: str, text: str) -> None:
    def command(
        config: ConfigOption,
        day: DayOption = None,
        days: DaysOption = "all",
        raw: RawOption = None,
        data: DataOption = None,
        definition: DefinitionsOption = None,
        feeds: FeedsOption = None,
        shards: ShardsOption = 16,
        as_json: JsonOption = False,
    ) -> None:
        from pipelines.one_step import run_step

        jobs = _job(config, raw, data, None, shards, feeds).under_each(definition)
        run_step(step=name, jobs=jobs, days=day or days, reporter=Reporter(as_json=as_json))

    app.command(name, help=text)(command)


for _name, _text in (
    ("ingest", "First step of a day: raw logs to pseudonymised sightings, encrypted on disk."),
    ("sessionize", "Second step: sightings to visits, stays, flaps and hours."),
    ("load", "Third step: through the quality gate into the warehouse, then switch."),
    ("report", "The day's page, CSV and Excel from the warehouse."),
    ("audience", "Nightly member profile and the audiences over it."),
    ("export", "Audiences and the day's triggers as files per merchant, with manifests."),
):
    _step(_name, _text)
app.command()(period.period)
app.command()(capture.capture)
app.command()(live.stream)
app.command()(live.backtest)


@app.command()
def status(config: ConfigOption, raw: RawOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """What the data folder holds: days, how far each is, what waits to be run and why, keys that live."""
    from pipelines.status import show_status

    show_status(job=_job(config, raw, data, None, 1), reporter=Reporter(as_json=as_json))


@app.command()
def check(config: ConfigOption, raw: RawOption = None, feeds: FeedsOption = None, as_json: JsonOption = False) -> None:
    """Every fault of a district folder at once, and the files of each feed; of a log only the beginning is read."""
    from pipelines.status import check_district

    check_district(job=_job(config, raw, None, None, 1, feeds), reporter=Reporter(as_json=as_json))


def _job(
    config: Path,
    raw: str | None,
    data: Path | None,
    definition: str | None,
    shards: int,
    feeds: str | None = None,
) -> Job:
    return make_job(config=config, raw=raw, data=data, definition=definition, shards=shards, feeds=feeds)


if __name__ == "__main__":
    main()
