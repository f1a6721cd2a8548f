"""The lists of addresses beside a district's days: who must not be stored, and which devices are the operator's own.

    addresses -> pseudonyms under the list's key -> OUT/opt_outs.parquet     -> `ingest.subjects` drops their rows
                                                    OUT/own_devices.parquet

No address is kept. Days that are run afterwards, also anew, have nothing of them; what was published before is left to
its day's key, which dies (or to `shangquan keys shred`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest.mac_text import mac_of_text
from ingest.own_devices import OwnDevices
from pipelines.clock import file_time_ms, now_ms
from pipelines.files import write_table
from pipelines.job import Job
from pipelines.keyring import LongLived
from privacy.listed import NOBODY, Listed, pseudonyms_of
from schemas import LISTED


@dataclass(frozen=True)
class AddressList:
    """One list of a job's data folder, under a key of its own."""

    job: Job
    path: Path
    key: LongLived

    def in_force(self) -> Listed:
        """As readers take it; PrivacyError if it is there and its key is not: nothing is read without it."""
        listed = _listed(self.path)
        if not listed.num_rows:
            return NOBODY
        return Listed(self._secret(), np.sort(listed["device"].to_numpy()))

    @property
    def changed_ms(self) -> int:
        """When it last changed; 0 if there is none."""
        return file_time_ms(self.path) if self.path.exists() else 0

    @property
    def count(self) -> int:
        """How many addresses are on it."""
        return _listed(self.path).num_rows

    def add(self, addresses: Iterable[str]) -> int:
        """Put addresses on it; how many were not there before."""
        before, numbers = _listed(self.path), self._numbers(addresses)
        fresh = np.setdiff1d(numbers, before["device"].to_numpy())
        if fresh.size:
            rows = LISTED.table(device=fresh, at_ms=[now_ms()] * fresh.size)
            self._write(pa.concat_tables([before, rows]))
        return int(fresh.size)

    def remove(self, addresses: Iterable[str]) -> int:
        """Take addresses off it; how many were on it."""
        before, numbers = _listed(self.path), self._numbers(addresses)
        left = before.filter(pc.invert(pc.is_in(before["device"], pa.array(numbers))))
        if left.num_rows < before.num_rows:
            self._write(left)
        return before.num_rows - left.num_rows

    def _secret(self) -> bytes:
        was_used = _listed(self.path).num_rows > 0
        return self.job.keyring.long_lived(self.key, now_ms(), was_used=was_used)

    def _write(self, rows: pa.Table) -> None:
        write_table(self.path, rows.sort_by("device"), mode=0o600)

    def _numbers(self, addresses: Iterable[str]) -> np.ndarray:
        """Distinct addresses as the list holds them; a MAC in any notation is one and the same."""
        distinct = {address.strip() for address in addresses} - {""}
        macs = {text: mac_of_text(text) for text in distinct}
        values = np.array(sorted({mac for mac in macs.values() if mac is not None}), np.uint64)
        texts = sorted(text for text, mac in macs.items() if mac is None)
        return np.unique(pseudonyms_of(self._secret(), values, texts))


def _listed(path: Path) -> pa.Table:
    return LISTED.cast(pq.read_table(path)) if path.exists() else LISTED.empty()


def opt_outs_of(job: Job) -> AddressList:
    """Who must not be stored."""
    return AddressList(job, job.workspace.opt_outs, "opt_outs")


def own_list_of(job: Job) -> AddressList:
    """Phones of staff and machines of the operator's."""
    return AddressList(job, job.workspace.own_devices, "own_devices")


def own_devices_of(job: Job) -> OwnDevices:
    """All that is declared of the operator's own devices, as readers take it."""
    vendors = (int(prefix.replace(":", ""), 16) for prefix in job.config.own_devices.vendors)
    return OwnDevices(own_list_of(job).in_force(), tuple(vendors))
