"""Raw files that have vanished since they were listed: `shangquan capture` deletes those that no day needs.

    listed -> deleted -> opened     passed over, and named on stderr

Anything else that hinders a reader is an error; so is a folder that is gone as a whole.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.sources.remote import RawPath
from schemas import InputError


class Vanished(InputError):
    """A file that was listed is not in its folder any more."""


def unreadable(path: RawPath, name: str, error: OSError, cure: str = "") -> InputError:
    """What hinders a reader of the file that users know as `name`."""
    if isinstance(error, FileNotFoundError) and has_vanished(path):
        return Vanished(f"{name}: no such file any more", cure or "run again: the folder has changed meanwhile")
    reason = (error.strerror or "unreadable").lower()
    return InputError(f"{name}: {reason}", cure or "make the file readable for this user, or remove it")


def has_vanished(path: RawPath) -> bool:
    """Whether a folder of this machine has lost the file; a link that leads nowhere is still there."""
    return isinstance(path, Path) and not path.exists() and not path.is_symlink() and path.parent.is_dir()


@contextmanager
def passed_over_if_vanished() -> Iterator[None]:
    """Ends quietly, but for the file's name, where reading meets one that has vanished."""
    try:
        yield
    except Vanished as gone:
        logging.getLogger(__name__).warning("%s: passed over", gone.what)
