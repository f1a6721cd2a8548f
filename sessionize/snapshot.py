"""A stream's state as bytes and back: one versioned Arrow IPC stream with one row, in which each table is a list.

What does not live here: encryption and files (`pipelines`), what the tables are for (`state`).

    about (JSON, in the schema's metadata) | places | aps | walks | counted: the rows of the walks | waiting | live
"""

import json
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from schemas import InputError
from schemas.compiled import compiled
from sessionize.arena import AP_KIND, AT, LINK, SUBJECT, Arena, add, wait, waiting_rows
from sessionize.opening import FIRST, SITE, append_row, begin_with
from sessionize.slots import OWN, Slots, claim, open_slots
from sessionize.slots import SUBJECT as OF
from sessionize.slots import WIDTH as SLOT_WIDTH
from sessionize.walk import COUNT, REGISTERS, Ints, due
from sessionize.wheel import Grid, arm

VERSION = 2  # raise it with every change of the tables, the registers or the meaning of a column

_ABOUT, _VERSION = b"shangquan.state", b"shangquan.state.version"
_CURE = "start the stream without the snapshot: it reads the log again from the day's window on"

_REGISTERS = ("link", "reach", "match", "heard", "held", "count")
_WALK = (*_REGISTERS, "subject", "site")
_LIVE = (*_REGISTERS, "subject", "zone", "heard_in", "newest", "newest_row", "since")
_COUNTED = ("at_ms", "ap_kind")
_WAITING = ("subject", "at_ms", "ap_kind")


class Held(NamedTuple):
    """What a state holds of rows and walks; int64 matrices with the columns named above."""

    walks: Ints
    counted: Ints
    waiting: Ints
    live: Ints


def held(arena: Arena, walks: Slots, live: Slots) -> Held:
    slots = open_slots(walks)
    of_live = live.at[open_slots(live)]
    return Held(
        walks.at[slots][:, [*range(REGISTERS), OF, SITE]],
        _counted(arena, walks, slots),
        arena.row[waiting_rows(arena)][:, [SUBJECT, AT, AP_KIND]],
        of_live[:, [*range(REGISTERS), OF, *range(OWN, SLOT_WIDTH)]],
    )


def restore(parts: Held, arena: Arena, walks: Slots, live: Slots, grid: Grid) -> None:
    """Put `parts` into empty structures that have the room."""
    wait(arena, grid, *parts.waiting.T.copy())
    _restore_walks(parts.walks, parts.counted, arena, walks, grid)
    _restore_live(parts.live, live, grid)


def packed(about: dict[str, Any], places: pa.Table, aps: list[str], parts: Held) -> bytes:
    tables = {
        "places": places,
        "aps": pa.table({"ap": pa.array(aps, pa.string())}),
        "walks": _table(parts.walks, _WALK),
        "counted": _table(parts.counted, _COUNTED),
        "waiting": _table(parts.waiting, _WAITING),
        "live": _table(parts.live, _LIVE),
    }
    row = pa.table({name: _as_list(table) for name, table in tables.items()})
    about_as_json = json.dumps(about, sort_keys=True).encode()
    row = row.replace_schema_metadata({_VERSION: str(VERSION).encode(), _ABOUT: about_as_json})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, row.schema) as writer:
        writer.write_table(row)
    return bytes(sink.getvalue())


def unpacked(data: bytes) -> tuple[dict[str, Any], pa.Table, list[str], Held]:
    """(about, places, names of APs by code, what was held). Raises InputError if it is none, or of another version."""
    try:
        row = pa.ipc.open_stream(data).read_all()
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError("the stream's snapshot is damaged, or no snapshot", _CURE) from error
    labels = row.schema.metadata or {}
    version = labels.get(_VERSION, b"?").decode(errors="replace")
    if version != str(VERSION):
        raise InputError(f"the stream's snapshot has version {version}; this program reads version {VERSION}", _CURE)
    tables = {name: pa.Table.from_struct_array(row[name].combine_chunks().flatten()) for name in row.column_names}
    parts = Held(*(_matrix(tables[name]) for name in Held._fields))
    return json.loads(labels[_ABOUT]), tables["places"], tables["aps"]["ap"].to_pylist(), parts


def _table(matrix: Ints, names: tuple[str, ...]) -> pa.Table:
    return pa.table({name: np.ascontiguousarray(matrix[:, i]) for i, name in enumerate(names)})


def _matrix(table: pa.Table) -> Ints:
    columns = [column.to_numpy() for column in table.columns]
    return np.ascontiguousarray(np.column_stack(columns).astype(np.int64))


def _as_list(table: pa.Table) -> pa.ListArray:
    rows = table.unify_dictionaries().to_struct_array()
    whole = rows.combine_chunks() if isinstance(rows, pa.ChunkedArray) else rows
    return pa.ListArray.from_arrays(pa.array([0, len(table)], pa.int32()), whole)


@compiled
def _counted(arena: Arena, walks: Slots, slots: Ints) -> Ints:
    total = 0
    for slot in slots:
        total += walks.at[slot, COUNT]
    rows = np.empty((total, 2), np.int64)
    n = 0
    for slot in slots:
        row = walks.at[slot, FIRST]
        for _ in range(walks.at[slot, COUNT]):
            rows[n, 0], rows[n, 1] = arena.row[row, AT], arena.row[row, AP_KIND]
            row = arena.row[row, LINK]
            n += 1
    return rows


@compiled
def _restore_walks(parts: Ints, rows: Ints, arena: Arena, walks: Slots, grid: Grid) -> None:
    n = 0
    for i in range(len(parts)):
        slot = claim(walks, parts[i, REGISTERS])
        walks.at[slot, :REGISTERS] = parts[i, :REGISTERS]
        walks.at[slot, SITE] = parts[i, REGISTERS + 1]
        for k in range(parts[i, COUNT]):
            row = add(arena, parts[i, REGISTERS], rows[n, 0], rows[n, 1])
            if k == 0:
                begin_with(walks, slot, arena, row)
            else:
                append_row(walks, slot, arena, row)
            n += 1
        arm(walks, grid, slot, due(walks.at[slot, :REGISTERS]))


@compiled
def _restore_live(parts: Ints, live: Slots, grid: Grid) -> None:
    for i in range(len(parts)):
        slot = claim(live, parts[i, REGISTERS])
        live.at[slot, :REGISTERS] = parts[i, :REGISTERS]
        live.at[slot, OWN:] = parts[i, REGISTERS + 1 :]
        arm(live, grid, slot, due(live.at[slot, :REGISTERS]))
