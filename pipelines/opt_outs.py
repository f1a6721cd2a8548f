"""The list of opted-out addresses beside a district's days: who must not be stored, from the moment they say so.

    addresses -> pseudonyms under the opt-out key -> OUT/opt_outs.parquet -> `ingest.subjects` drops their rows

No address is kept. Days that are run afterwards, also anew, have nothing of them; what was published before is left to
its day's key, which dies (or to `shangquan keys shred`).
"""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest.mac_text import mac_of_text
from pipelines.clock import file_time_ms, now_ms
from pipelines.files import write_table
from pipelines.job import Job
from privacy.opt_out import NOBODY, OptOuts, pseudonyms_of
from schemas import OPT_OUT


def opt_outs_of(job: Job) -> OptOuts:
    """The list in force; PrivacyError if it is there and its key is not: nothing is read without it."""
    listed = _listed(job)
    if not listed.num_rows:
        return NOBODY
    key = job.keyring.long_lived("opt_outs", now_ms(), was_used=True)
    return OptOuts(key, np.sort(listed["device"].to_numpy()))


def opt_outs_changed_ms(job: Job) -> int:
    """When the list last changed; 0 if there is none."""
    path = job.workspace.opt_outs
    return file_time_ms(path) if path.exists() else 0


def listed_count(job: Job) -> int:
    """How many addresses are on the list."""
    return _listed(job).num_rows


def opt_out(job: Job, addresses: Iterable[str]) -> int:
    """Put addresses on the list; how many were not there before."""
    before = _listed(job)
    numbers = _numbers(job, addresses, was_used=before.num_rows > 0)
    fresh = np.setdiff1d(numbers, before["device"].to_numpy())
    if fresh.size:
        rows = OPT_OUT.table(device=fresh, at_ms=[now_ms()] * fresh.size)
        _write(job, pa.concat_tables([before, rows]))
    return int(fresh.size)


def opt_in(job: Job, addresses: Iterable[str]) -> int:
    """Take addresses off the list; how many were on it."""
    before = _listed(job)
    numbers = _numbers(job, addresses, was_used=before.num_rows > 0)
    left = before.filter(pc.invert(pc.is_in(before["device"], pa.array(numbers))))
    if left.num_rows < before.num_rows:
        _write(job, left)
    return before.num_rows - left.num_rows


def _listed(job: Job) -> pa.Table:
    path = job.workspace.opt_outs
    return OPT_OUT.cast(pq.read_table(path)) if path.exists() else OPT_OUT.empty()


def _write(job: Job, rows: pa.Table) -> None:
    write_table(job.workspace.opt_outs, rows.sort_by("device"), mode=0o600)


def _numbers(job: Job, addresses: Iterable[str], *, was_used: bool) -> np.ndarray:
    """Distinct addresses as the list holds them; a MAC in any notation is one and the same."""
    distinct = {address.strip() for address in addresses} - {""}
    macs = {text: mac_of_text(text) for text in distinct}
    values = np.array(sorted({mac for mac in macs.values() if mac is not None}), np.uint64)
    key = job.keyring.long_lived("opt_outs", now_ms(), was_used=was_used)
    return np.unique(pseudonyms_of(key, values, sorted(text for text, mac in macs.items() if mac is None)))
