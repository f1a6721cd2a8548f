"""What must hold between the rows of a staged run, counted by SQL: each check gives the number of its violations.

The rules themselves are the files sql/check_*.sql; a row's own rules live in `pipelines.row_checks`.
"""

from collections.abc import Iterator, Mapping, Sequence

from pipelines.warehouse.protocol import Parameter, Run, Warehouse
from pipelines.warehouse.tables import LAYERS
from pipelines.warehouse.texts import for_each, in_one, meaning, sql
from schemas import Table
from schemas.day import Day

CHECKS: dict[str, tuple[str, ...]] = {
    "facts": (
        "visit_inside_day",
        "stays_tile_visits",
        "stays_of_visits",
        "flaps_of_visits",
        "sightings_of_visits",
        "kept_in_ledger",
        "rejected_in_ledger",
        "zone_hours_possible",
        "ap_hours_inside_day",
        "passages_possible",
        "dwell_day_of_visits",
    ),
    "triggers": (),
    "profiles": ("profile_zone_of_profile",),
    "audiences": (),
}
LEDGER_CHECK = "ledger_adds_up"
# A table is no set of its key where several rows may say the same: shards of a feed, records of one line.
_REPEATS = ("sighting", "flap", "ledger", "rejected")


def facts_of(
    warehouse: Warehouse, run: Run, layers: Sequence[str], day: Day, read: Mapping[str, int] | None
) -> dict[str, int]:
    """Violations per check of the staged `run`; the ledger is held against `read` (records per feed) where given."""
    bounds: dict[str, Parameter] = {**run.parameters, "from_ms": day.start_ms, "until_ms": day.end_ms}
    names = [name for layer in layers for name in CHECKS[layer]]
    if read is not None and "facts" in layers:
        names.append(LEDGER_CHECK)
        bounds |= {"feeds": list(read), "records": list(read.values())}
    sets = [{"table": table.name, "key": ", ".join(table.key)} for layer in layers for table in _sets(layer)]
    between = in_one([f"SELECT '{name}' AS check, violations FROM\n(\n{sql(f'check_{name}')}\n)" for name in names])
    found = [warehouse.query(text, bounds) for text in (between, for_each("unique", sets)) if text]
    return {row["check"]: int(row["violations"]) for rows in found for row in rows.to_pylist()}


def meanings() -> dict[str, str]:
    """Every check that there is, and what it demands."""
    names = [*(name for names in CHECKS.values() for name in names), LEDGER_CHECK]
    unique = {f"{t.name}_unique": f"{', '.join(t.key)} name one {t.name} row" for s in LAYERS for t in _sets(s)}
    return {name: meaning(f"check_{name}") for name in names} | unique


def _sets(layer: str) -> Iterator[Table]:
    return (table for table in LAYERS[layer] if table.name not in _REPEATS)
