"""The options that several commands share, so that one word means one thing everywhere."""

from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[Path, typer.Option("--config", help="district folder, or its district.toml")]
RawOption = Annotated[
    str | None,
    typer.Option("--raw", help="root of the feeds' globs, also s3a://bucket/logs; the district's raw/ if not given"),
]
DataOption = Annotated[Path | None, typer.Option("--data", help="where results go; the district's data/ if not given")]
FeedsOption = Annotated[
    str | None, typer.Option("--feeds", help="auto: recognise what the raw folder holds, in place of [[feeds]]")
]
DayOption = Annotated[str | None, typer.Option("--day", help="one trading day, e.g. 2026-11-21")]
DaysOption = Annotated[str, typer.Option("--days", help="2026-11-21, 2026-11-01..2026-11-14 or all")]
SinceOption = Annotated[
    str | None, typer.Option("--since", help="run what is new or changed from this day on: 2026-11-21, or 3d (ago)")
]
UntilOption = Annotated[str | None, typer.Option("--until", help="to this day, inclusive; to today if not given")]
DefinitionOption = Annotated[
    str | None, typer.Option("--definition", help="a definition of district.toml, or a preset; the first if not given")
]
DefinitionsOption = Annotated[
    str | None,
    typer.Option(
        "--definition", help="as default, default,meraki or all: over one reading of the logs; the first if not given"
    ),
]
EngineOption = Annotated[str, typer.Option("--engine", help="local, spark or beam: what reads and walks")]
SeedOption = Annotated[int, typer.Option("--seed", help="the same seed, the same logs")]
ShardsOption = Annotated[int, typer.Option("--shards", min=1, help="parts that a day is cut into by subject")]
JsonOption = Annotated[bool, typer.Option("--json", help="print the closing line as JSON")]
