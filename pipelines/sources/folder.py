"""Which raw files a feed's glob names, here or in remote storage, and the date in a name. What is in a file:
`pipelines.sources.streams`."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from pipelines.sources.remote import RawPath, Stat
from pipelines.sources.vanished import has_vanished, unreadable
from schemas import InputError

# 2025-11-21, 2025/11/21, 20251121 or 20251121093000, and no other digits around
_DATE = re.compile(r"(?<!\d)(20\d\d)([-_./]?)(\d\d)\2(\d\d)(?=\d{4}(?!\d)|\d{6}(?!\d)|(?!\d))")


@dataclass(frozen=True)
class RawFile:
    """One file of the raw folder; `name` is relative to that folder, with `/` on every system."""

    path: RawPath
    name: str
    found: Stat | None = field(default=None, compare=False)  # of a file that was listed

    def stat(self) -> Stat:
        """Of a file that was listed, what it was then; InputError if nobody can say."""
        try:
            return self.found or _stat(self.path)
        except OSError as error:
            raise unreadable(self.path, self.name, error) from error


def files_of(root: RawPath, globs: str | Sequence[str]) -> list[RawFile]:
    """As `matching`, but InputError if there is no such folder or no file in it matches."""
    if not root.is_dir():
        raise InputError(f"{root}: no such folder", "name the folder of the raw logs with --raw")
    if not (files := matching(root, globs)):
        wanted = globs if isinstance(globs, str) else " or ".join(globs)
        raise InputError(f"{root}: no file matches {wanted}", "mend the feed's glob, or name another folder with --raw")
    return files


def matching(root: RawPath, globs: str | Sequence[str]) -> list[RawFile]:
    """The files under `root` that match any of `globs`, each once, ordered by name.

    Folders, and the `._*` files that macOS leaves beside real ones, are passed over. InputError for a glob that leads
    out of the folder, or is none.
    """
    named = [globs] if isinstance(globs, str) else globs
    names = {_name(path, root): path for glob in named for path in _matching(root, glob)}
    listed = (_listed(names[name], name) for name in sorted(names))
    return [file for file in listed if file is not None]


def _listed(path: RawPath, name: str) -> RawFile | None:
    """None if it has vanished while its folder was read."""
    try:
        return RawFile(path, name, _stat(path))
    except OSError as error:  # whoever reads it is told
        is_gone = isinstance(error, FileNotFoundError) and has_vanished(path)
        return None if is_gone else RawFile(path, name)


def _stat(path: RawPath) -> Stat:
    found = path.stat()
    return Stat(found.st_size, found.st_mtime_ns)


def _name(path: RawPath, root: RawPath) -> str:
    return PurePath(str(path)).relative_to(str(root)).as_posix()


def _matching(root: RawPath, glob: str) -> list[RawPath]:
    require_inside(glob)
    try:
        return [path for path in root.glob(glob) if not path.is_dir() and not path.name.startswith("._")]
    except ValueError as error:
        raise InputError(f"{glob!r}: {error}", "mend the feed's glob in district.toml") from None


def require_inside(glob: str) -> None:
    """InputError for a glob that leads out of the raw folder."""
    if Path(glob).is_absolute() or ".." in Path(glob).parts:
        raise InputError(f"{glob}: leads out of the raw folder", "write globs relative to the raw folder")


def named_ms(name: str) -> int | None:
    """Noon (UTC) of the date in a file's name, the last if it has several; None if there is none.

    Copying a file changes its time, but not its name: the name says better near which day its times without a year lie.
    """
    found = None
    for match in _DATE.finditer(name):
        try:
            noon = datetime.datetime(int(match[1]), int(match[3]), int(match[4]), 12, tzinfo=datetime.UTC)
        except ValueError:
            continue
        found = round(noon.timestamp() * 1000)
    return found
