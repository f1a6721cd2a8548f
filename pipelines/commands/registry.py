"""`shangquan registry`: rows of aps.csv from what vendors export, and for access points that the registry lacks."""

from pathlib import Path
from typing import Annotated

import typer

from ingest.vendor_exports import MAC, NAME, VENDORS, access_points, aps_csv
from pipelines.commands.options import (
    ConfigOption,
    DataOption,
    DayOption,
    DaysOption,
    DefinitionOption,
    JsonOption,
    RawOption,
)
from pipelines.files import write_bytes
from pipelines.job import make_job
from pipelines.summary import Reporter, Summary
from schemas import InputError

app = typer.Typer(help="aps.csv: from a vendor's list, and what it lacks.", no_args_is_help=True)


@app.command("import")
def import_export(
    file: Annotated[Path, typer.Argument(help="the list of access points as the vendor's console exports it (CSV)")],
    vendor: Annotated[str, typer.Option("--from", help="meraki, unifi or aruba")],
    out: Annotated[Path, typer.Option("--out", help="the file to write; it must not be there")] = Path("aps.csv"),
    zone_column: Annotated[
        str | None, typer.Option("--zone-column", help="the column that says the zone: a tag, a note, a group")
    ] = None,
    columns: Annotated[
        str | None, typer.Option("--columns", help="other titles than the vendor's, e.g. name=Label,mac=Ethernet")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Rows of aps.csv from a vendor's list of access points. Zones that it does not say are left for you to fill in."""
    if vendor not in VENDORS:
        raise InputError(f"--from {vendor}: no such vendor", f"take one of: {', '.join(VENDORS)}")
    if out.exists():
        raise InputError(f"{out}: is there already", "name another file with --out: nothing is written over")
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: {(error.strerror or 'unreadable').lower()}", "mend its name") from None
    points = access_points(data, VENDORS[vendor], file.name, _columns(columns), zone_column)
    write_bytes(out, aps_csv(points).encode())
    counts = {"access points": len(points), "without zone": sum(not point.zone for point in points)}
    Reporter(as_json=as_json).say(Summary(counts, out, head=vendor))


@app.command()
def suggest(
    config: ConfigOption,
    day: DayOption = None,
    days: DaysOption = "all",
    raw: RawOption = None,
    data: DataOption = None,
    definition: DefinitionOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="write them as rows of aps.csv, to look through")] = None,
    as_json: JsonOption = False,
) -> None:
    """Access points that published days name and aps.csv lacks, each with the zone that its neighbours suggest."""
    from pipelines.suggesting import suggest_access_points

    job = make_job(config=config, raw=raw, data=data, definition=definition, shards=1)
    suggest_access_points(job=job, days=day or days, out=out, reporter=Reporter(as_json=as_json))


def _columns(text: str | None) -> dict[str, str]:
    """`name=TITLE,mac=TITLE` as a mapping."""
    pairs = [part.partition("=") for part in (text or "").split(",") if part]
    for name, _, title in pairs:
        if name not in (NAME, MAC) or not title:
            raise InputError(f"--columns {text}: not understood", f"write {NAME}=TITLE,{MAC}=TITLE, or one of them")
    return {name: title for name, _, title in pairs}
