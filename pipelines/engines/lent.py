"""A work lent to workers for one run, past runners that keep and stage what they are given (decision 0015).

    driver:  Work -> a sealed file in the data folder, 0600, gone when the run ends
             `-> Lent: where it lies and what opens it; this alone travels inside the pipeline
    worker:  Lent -> Work

A key needs both halves. Not here: what a work is, and how a runner moves what it is given.
"""

import pickle
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.engines.work import Work
from pipelines.files import write_bytes
from pipelines.sealing import Sealer
from privacy.keys import KEY_BYTES
from schemas import ConfigError

_NAME = "work.sealed"
_PLACE = b"work"


@dataclass(frozen=True)
class Lent:
    """Where the work lies, and what opens it there."""

    file: Path
    opener: bytes = field(repr=False)

    @property
    def folder(self) -> Path:
        """The run's own, which driver and workers see."""
        return self.file.parent

    def work(self) -> Work:
        """The work; ConfigError where a worker does not see the driver's data folder."""
        try:
            sealed = self.file.read_bytes()
        except OSError as error:
            raise ConfigError(
                f"{self.file}: a worker cannot read it: {error.strerror}",
                "give driver and workers the data folder under one path, as one user; or the run has ended",
            ) from error
        work: Work = pickle.loads(Sealer(self.opener).open(sealed, _PLACE))
        return work


@contextmanager
def lent(work: Work, folder: Path) -> Iterator[Lent]:
    """`work` for workers that see `folder`, until the block ends."""
    given = Lent(folder.absolute() / _NAME, secrets.token_bytes(KEY_BYTES))
    write_bytes(given.file, Sealer(given.opener).seal(pickle.dumps(work), _PLACE), mode=0o600)
    try:
        yield given
    finally:
        given.file.unlink(missing_ok=True)
