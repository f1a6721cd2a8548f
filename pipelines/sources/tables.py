"""A Parquet file as row batches, each knowing its place."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.sources.folder import RawFile
from pipelines.sources.remote import for_parquet
from pipelines.sources.vanished import unreadable
from schemas import InputError

BATCH_ROWS = 1 << 17


@dataclass(frozen=True)
class Rows:
    """Rows of one Parquet file; `first_row` counts from 1."""

    file: str
    first_row: int
    batch: pa.RecordBatch


def rows_of(file: RawFile, batch_rows: int = BATCH_ROWS) -> Iterator[Rows]:
    """All rows of `file`, in order; InputError if it is no Parquet file, or cut: without its end it tells nothing."""
    row = 1
    try:
        with pq.ParquetFile(for_parquet(file.path)) as parquet:
            for batch in parquet.iter_batches(batch_rows):
                yield Rows(file.name, row, batch)
                row += batch.num_rows
    except FileNotFoundError as error:
        raise unreadable(file.path, file.name, error) from error
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{file.name}: is no readable Parquet file", "deliver it again, or remove it") from error
