"""`shangquan config show` and `schema show`: the settings in force, and the tables."""

from typing import Annotated

import typer

from pipelines.commands.options import ConfigOption

config = typer.Typer(help="The district's settings.", no_args_is_help=True)
schema = typer.Typer(help="The tables.", no_args_is_help=True)


@config.command("show")
def config_show(config: ConfigOption) -> None:
    """The settings as they are in force, defaults included."""
    from pipelines.showing import show_config

    show_config(config=config)


@schema.command("show")
def schema_show(
    table: Annotated[str | None, typer.Argument(help="a table; all if not given")] = None,
    form: Annotated[str, typer.Option("--as", help="reference, arrow, clickhouse, spark or gx")] = "reference",
) -> None:
    """A table's columns, types, units and meaning."""
    from pipelines.showing import show_schema

    show_schema(name=table, form=form)
