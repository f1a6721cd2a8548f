"""`config show` and `schema show`: the settings in force and the tables, as text on stdout."""

import json
from pathlib import Path
from typing import Any

import typer

import schemas
from pipelines.config import Config
from pipelines.job import Job, make_job
from pipelines.toml_text import toml_of
from pipelines.warehouse.tables import TABLES, labels_of
from schemas import ConfigError, Table
from sessionize.rules import HOUR_MS

_HOLDS = ("hold_joined", "hold_seen", "hold_left", "hold_idle")


def show_config(*, config: Path) -> None:
    """district.toml with every default written out; it says the same when put back into the file."""
    job = make_job(config=config, raw=None, data=None, definition=None, shards=1)
    notes = {f"definitions.{one.name}": _window(job.under(one)) for one in job.config.definitions}
    notes["privacy"] = _raw_is_needed(job)
    typer.echo(toml_of(_in_force(job.config), notes), nl=False)


def _in_force(config: Config) -> dict[str, Any]:
    """As JSON has it; `gap` is resolved into the holds that it sets."""
    settings = config.model_dump(mode="json")
    for definition in settings["definitions"]:
        if gap := definition.pop("gap"):
            definition.update(dict.fromkeys(_HOLDS, gap))
    return settings


def _window(job: Job) -> str:
    memory, tail = job.calendar.memory_ms, job.calendar.tail_ms
    return f"{job.rules.name}: a day's job reads {_hours(memory)} before the day and {_hours(tail)} after it"


def _raw_is_needed(job: Job) -> str:
    return f"raw logs are needed for {_hours(job.keep_raw_ms)}: memory, a day, tail and key_ttl; then delete them"


def _hours(ms: int) -> str:
    return f"{ms / HOUR_MS:g} h"


def show_schema(*, name: str | None, form: str) -> None:
    """One table, or all; ConfigError if there is no such table or form."""
    if form not in _FORMS:
        raise ConfigError(f"--as {form!r}: no such form", f"take one of: {', '.join(_FORMS)}")
    tables = [table for table in vars(schemas).values() if isinstance(table, Table) and name in (None, table.name)]
    if not tables:
        known = sorted({table.name for table in vars(schemas).values() if isinstance(table, Table)})
        raise ConfigError(f"no table {name!r}", f"take one of: {', '.join(known)}")
    typer.echo("\n\n".join(_FORMS[form](table).strip() for table in tables))


def _arrow(table: Table) -> str:
    return f"{table.name}: {table.row}\n{table.arrow.to_string(show_field_metadata=False)}"


def _clickhouse(table: Table) -> str:
    """As the warehouse makes it; a table that is in no warehouse, without labels."""
    labels = labels_of(table) if TABLES.get(table.name) is table else ()
    return table.clickhouse(labels, f"ENGINE = MergeTree ORDER BY ({', '.join(table.key)})") + ";"


def _suite(table: Table) -> str:
    return json.dumps({"name": table.name, "expectations": table.expectations()}, ensure_ascii=False, indent=2)


_FORMS = {
    "reference": Table.reference,
    "arrow": _arrow,
    "clickhouse": _clickhouse,
    "spark": lambda table: f"-- {table.name}\n{table.spark}",
    "gx": _suite,
}
