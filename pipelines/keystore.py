"""Where a keyring's bytes lie: a 0600 file in a 0700 folder, or behind a command of the operator's (a vault's, say).

What the bytes mean lives in `pipelines.keyring`. Overwriting a file is a best effort: a copying file system, a snapshot
or a backup may still hold the old blocks.
"""

import fcntl
import os
import stat
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from pipelines.files import remove_parts, unwritable, write_bytes
from schemas import PrivacyError

FILE_NAME = "keyring.json"
_LOCK_NAME = "lock"
SECONDS = 30  # that the operator's command may take


class KeyStore(Protocol):
    """The bytes of one keyring, read and written by one at a time."""

    name: str  # as messages call it

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else reads or writes within."""

    def read(self) -> bytes | None:
        """The keyring; None if none was ever written. PrivacyError where it is not safe, or cannot be had."""

    def write(self, keys: bytes) -> None:
        """`keys` in place of what was there."""


class KeyFolder:
    """A folder of the service alone; also the lock of a keyring that lies elsewhere."""

    def __init__(self, folder: Path) -> None:
        """`folder`: OUT.keys; made at first use."""
        self._folder = folder
        self._file = folder / FILE_NAME
        self.name = str(self._file)

    @contextmanager
    def locked(self) -> Iterator[None]:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self._folder / _LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise unwritable(self._file, error) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def read(self) -> bytes | None:
        _refuse_wide(self._folder, "700")
        if not self._file.exists():
            return None
        _refuse_wide(self._file, "600")
        return self._file.read_bytes()

    def write(self, keys: bytes) -> None:
        """The new keyring in place of the old, whose bytes are overwritten after the switch."""
        remove_parts(self._folder)
        old = os.open(self._file, os.O_WRONLY) if self._file.exists() else None
        try:
            write_bytes(self._file, keys, mode=0o600)
            if old is not None:
                os.write(old, bytes(os.fstat(old).st_size))
                os.fsync(old)
        finally:
            if old is not None:
                os.close(old)


class KeyCommand:
    """A command that is given `get` and prints the keyring (nothing if there is none), or `put` and reads it.

    The keyring passes through pipes alone: never a file, an argument or the environment.
    """

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        """`folder`: OUT.keys, which then holds the lock and no key."""
        self._command = tuple(command)
        self._lock = KeyFolder(folder)
        self.name = f"keys_command {command[0]}"

    @contextmanager
    def locked(self) -> Iterator[None]:
        with self._lock.locked():
            yield

    def read(self) -> bytes | None:
        return self._ran("get", b"") or None

    def write(self, keys: bytes) -> None:
        self._ran("put", keys)

    def _ran(self, word: str, given: bytes) -> bytes:
        """What the command prints; what it says on stderr is not repeated: it may hold a key."""
        try:
            ended = subprocess.run(
                [*self._command, word], input=given, capture_output=True, timeout=SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PrivacyError(f"{self.name} {word}: {type(error).__name__}", _CURE) from None
        if ended.returncode:
            raise PrivacyError(f"{self.name} {word}: ended with {ended.returncode}", _CURE)
        return ended.stdout


_CURE = "mend [privacy] keys_command, or what it reaches; no new key is made meanwhile"


def _refuse_wide(path: Path, mode: str) -> None:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise PrivacyError(f"{path}: others may read the keys", f"chmod {mode} {path}")
