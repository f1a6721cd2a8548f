"""The warehouse digest of architecture §2: one value for all visible rows, whoever loaded them and how often."""

import datetime
import hashlib
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from pipelines.warehouse.protocol import Parameter, Warehouse
from pipelines.warehouse.tables import LAYER_OF, TABLES
from pipelines.warehouse.texts import sql

# Where a line stood says nothing of what it says; what follows from that (the hour of a line without a time, which
# lines were sampled) is left out with it. The ledger has their counts.
_POSITIONS = ("file", "line")
_OF_POSITIONS = ("feed_hour", "line_shape")


def digest(warehouse: Warehouse, district: str, definition: str | None = None, day: datetime.date | None = None) -> str:
    """blake2b over the sorted visible rows of every table, without run and position; ledger counts are summed.

    The order of rows, runs and files makes no difference. `definition` and `day` None take all of the district's. Days
    are hashed one at a time, so memory holds one table of one day.
    """
    whole = hashlib.blake2b(digest_size=16)
    for name in sorted(TABLES.keys() - set(_OF_POSITIONS)):
        for parameters in _visible_days(warehouse, district, name):
            if definition not in (None, parameters["definition"]) or day not in (None, parameters["day"]):
                continue
            rows = warehouse.query(_rows_of(name), parameters)
            whole.update(f"{name} {parameters['day']} {parameters['definition']} {rows.num_rows}\n".encode())
            for column in rows.columns:
                whole.update(_bytes_of(column.combine_chunks()))
    return whole.hexdigest()


def _visible_days(warehouse: Warehouse, district: str, table: str) -> Iterator[dict[str, Parameter]]:
    found = warehouse.query(sql("visible_days"), {"district": district, "layer": LAYER_OF[table]})
    for day in found.to_pylist():
        yield {"district": district, **day}


def _rows_of(table: str) -> str:
    """The day's visible rows of one table in a total order, the key first: parts lie in that order already."""
    key = TABLES[table].key
    names = [name for name in dict.fromkeys((*key, *TABLES[table].names)) if name not in ("day", *_POSITIONS)]
    sums = "SELECT feed, status, reason, sum(records) AS records"
    select = sums if table == "ledger" else f"SELECT {', '.join(names)}"
    group = "GROUP BY feed, status, reason" if table == "ledger" else ""
    return f"""{select}
FROM visible_{table}
WHERE district = {{district:String}} AND day = {{day:Date}} AND definition = {{definition:String}}
{group}
ORDER BY ALL
"""


def _bytes_of(values: pa.Array) -> bytes:
    """The values of one column as bytes that depend on the values alone: nulls, lengths, contents."""
    nulls = values.is_null().to_numpy(zero_copy_only=False).tobytes()
    if pa.types.is_string(values.type):
        return nulls + _text_bytes(values.fill_null("").cast(pa.large_string()))
    whole = values.cast(pa.int64()).fill_null(0)
    return nulls + whole.to_numpy(zero_copy_only=False).astype("<i8").tobytes()


def _text_bytes(texts: pa.LargeStringArray) -> bytes:
    if not len(texts):
        return b""
    _, offsets, contents = texts.buffers()
    bounds = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    letters = memoryview(contents)[bounds[0] : bounds[-1]] if contents else b""
    return np.diff(bounds).astype("<i8").tobytes() + bytes(letters)
