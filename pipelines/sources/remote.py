"""Raw folders on S3, HDFS, Google and Azure storage, used as a local folder is: listed, matched, opened, never written.

pyarrow.fs does the work, in every worker anew. Credentials are found by its libraries as usual (environment, profile,
role of the machine): they are in no address, setting, pickle or message. What a feed reads: `pipelines.sources.folder`.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import SplitResult, quote, unquote, urlsplit

import pyarrow as pa
from pyarrow import fs

from pipelines.environment import s3_options
from schemas import ConfigError, InputError

BUFFER = 8 << 20  # bytes of one request
LOCAL, S3 = "file", ("s3", "s3a")
SCHEMES = (*S3, "hdfs", "gs", "abfs", "abfss")
# in the names of options that give access
_SECRETS = re.compile(r"(?i)(key|secret|token|signature|credential|password|\bsig)[^&=]*=")
# what the library's message says -> what it means, what to do
_CAUSES = {
    r"AWS Error NO_SUCH_BUCKET": ("no such bucket", "mend the address given with --raw"),
    r"AWS Error NETWORK_CONNECTION": ("cannot be reached", "check AWS_ENDPOINT_URL, AWS_REGION and the network"),
    r"AWS Error (ACCESS_DENIED|INVALID_ACCESS_KEY_ID|SIGNATURE_DOES_NOT_MATCH|EXPIRED_TOKEN|\w*CREDENTIALS\w*)": (
        "access is denied",
        "give this user AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile in ~/.aws, or the machine a role",
    ),
    r"Unable to load lib(jvm|hdfs)": (
        "Hadoop's client is not installed",
        "set JAVA_HOME, HADOOP_HOME and CLASSPATH=$(hadoop classpath --glob); see docs/engines.md",
    ),
}


class Stat(NamedTuple):
    """What a listing says of a file."""

    st_size: int
    st_mtime_ns: int


@dataclass(frozen=True)
class RemotePath:
    """A folder or file by its `key`, with what readers use of a Path; str() is what the operator wrote.

    `store`: the address that opens the file system. `found`: of a file that was listed. A folder lists itself once.
    """

    store: str
    key: str
    shown: str
    found: Stat | None = field(default=None, compare=False)
    listed: dict[str, list["RemotePath"]] = field(default_factory=dict, compare=False, repr=False)

    def __str__(self) -> str:
        return self.shown

    def __truediv__(self, name: str) -> "RemotePath":
        return RemotePath(self.store, f"{self.key}/{name}", f"{self.shown}/{name}")

    @property
    def name(self) -> str:
        return PurePosixPath(self.key).name

    def absolute(self) -> "RemotePath":
        return self

    def is_dir(self) -> bool:
        return self.found is None and self._info().type == fs.FileType.Directory

    def is_file(self) -> bool:
        return self.found is not None or self._info().type == fs.FileType.File

    def stat(self) -> Stat:
        """FileNotFoundError if there is no such file."""
        if self.found is not None:
            return self.found
        info = self._info()
        if info.type != fs.FileType.File:
            raise FileNotFoundError(self.shown)
        return Stat(info.size, info.mtime_ns)

    def glob(self, glob: str) -> Iterator["RemotePath"]:
        """The files below that match, as Path.glob has it; ValueError for a glob that is none."""
        wanted = PurePosixPath(glob).parts
        if not wanted:
            raise ValueError(f"Unacceptable pattern: {glob!r}")
        if any("**" in part and part != "**" for part in wanted):
            raise ValueError("Invalid pattern: '**' can only be an entire path component")
        for file in self._files_below(_fixed(wanted)):
            if _matches(PurePosixPath(file.key).relative_to(self.key).parts, wanted):
                yield file

    def open(self, mode: str = "rb") -> Any:
        """The file's bytes from its beginning, fetched ahead; a context manager."""
        if mode != "rb":
            raise ValueError(f"{self.shown}: is for reading alone")
        with _told(self.shown):
            return _store(self.store).open_input_stream(self.key, compression=None, buffer_size=BUFFER)

    def random_access(self) -> pa.NativeFile:
        """The file for readers that begin with its end."""
        with _told(self.shown):
            return _store(self.store).open_input_file(self.key)

    def _files_below(self, folder: str) -> list["RemotePath"]:
        """All files below `folder`, as they were when it was first asked for."""
        if folder not in self.listed:
            selector = fs.FileSelector(f"{self.key}/{folder}".rstrip("/"), allow_not_found=True, recursive=True)
            with _told(self.shown):
                infos = _store(self.store).get_file_info(selector)
            files = [info for info in infos if info.type == fs.FileType.File]
            self.listed[folder] = [self._file(info) for info in files]
        return self.listed[folder]

    def _file(self, info: fs.FileInfo) -> "RemotePath":
        shown = f"{self.shown}/{PurePosixPath(info.path).relative_to(self.key)}"
        return RemotePath(self.store, info.path, shown, Stat(info.size, info.mtime_ns))

    def _info(self) -> fs.FileInfo:
        with _told(self.shown):
            return _store(self.store).get_file_info(self.key)


RawPath = Path | RemotePath


def raw_path(text: str) -> RawPath:
    """The folder that --raw names: an address with a scheme, else a path here. ConfigError for one that is not read.

    No message has more of an address than scheme, host and path: what else stands there may be a secret.
    """
    parts = _address(text)
    if parts is None:
        return Path(text)
    if _holds_credentials(parts):
        raise ConfigError("--raw: its address holds credentials", "leave them to the environment, a profile or a role")
    if parts.scheme == LOCAL:
        return _here(parts)
    if parts.scheme not in SCHEMES:
        raise ConfigError(f"--raw: {parts.scheme}:// is not read", f"take a path, or one of {', '.join(SCHEMES)}")
    if not parts.netloc and parts.scheme != "hdfs":  # Hadoop's configuration may name its server
        raise ConfigError(f"--raw: {parts.scheme}:// without a bucket", f"write {parts.scheme}://BUCKET/FOLDER")
    shown = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    query = _query(parts.scheme, parts.query)
    store = shown.replace("s3a://", "s3://", 1) + (f"?{query}" if query else "")
    with _told(shown):
        key = fs.FileSystem.from_uri(store)[1].rstrip("/")
    return RemotePath(store, key, shown)


def _address(text: str) -> SplitResult | None:
    """The parts of an address with a scheme; None for a path."""
    try:
        parts = urlsplit(text) if "://" in text else None
    except ValueError:  # it quotes the address
        raise ConfigError("--raw: no address", "write it like s3://BUCKET/FOLDER") from None
    return parts if parts and parts.scheme else None


def _here(parts: SplitResult) -> Path:
    if parts.netloc not in ("", "localhost") or parts.query or parts.fragment:
        raise ConfigError("--raw: file:// is for folders of this machine", "write file:///FOLDER, or the path alone")
    return Path(unquote(parts.path))


def _holds_credentials(parts: SplitResult) -> bool:
    """Whether a password, a key or a signature stands in an address; a secret's own slash ends what is its host."""
    unbracketed = re.sub(r"\[[^]]*\]", "", parts.netloc)
    has_user = "@" in parts.netloc or ":" in unbracketed
    has_password = parts.password is not None or re.search(r":\D", unbracketed) is not None
    return has_password or (parts.scheme in S3 and has_user) or _SECRETS.search(unquote(parts.query)) is not None


def _query(scheme: str, given: str) -> str:
    """The options of the address, and those that AWS's tools take from the environment."""
    found = [given] if given else []
    if scheme in S3:
        found += [f"{name}={quote(value, safe='')}" for name, value in s3_options().items() if f"{name}=" not in given]
    return "&".join(found)


def for_parquet(path: RawPath) -> Path | pa.NativeFile:
    """What pyarrow.parquet takes: a file that is read from its end."""
    return path if isinstance(path, Path) else path.random_access()


@lru_cache
def _store(address: str) -> fs.FileSystem:
    return fs.FileSystem.from_uri(address)[0]


def _fixed(wanted: tuple[str, ...]) -> str:
    """The folder that all matches of a glob lie in."""
    fixed = next((i for i, part in enumerate(wanted[:-1]) if re.search(r"[*?\[]", part)), len(wanted) - 1)
    return "/".join(wanted[:fixed])


def _matches(names: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Whether a path matches a glob, part by part; `**` is any number of folders."""
    if not wanted:
        return not names
    if wanted[0] == "**":
        return any(_matches(names[skipped:], wanted[1:]) for skipped in range(len(names)))
    return bool(names) and fnmatchcase(names[0], wanted[0]) and _matches(names[1:], wanted[1:])


@contextmanager
def _told(shown: str) -> Iterator[None]:
    """What the library has to complain of becomes an InputError of one line that says what to do."""
    try:
        yield
    except FileNotFoundError:
        raise InputError(f"{shown}: no such file any more", "run again: the folder has changed meanwhile") from None
    except (OSError, pa.ArrowException) as error:
        for pattern, (meaning, cure) in _CAUSES.items():
            if re.search(pattern, str(error)):
                raise InputError(f"{shown}: {meaning}", cure) from None
        said = str(error).splitlines()[0].partition("?")[0][:200]  # it may quote the address, options and all
        raise InputError(f"{shown}: cannot be read: {said}", "see docs/engines.md, Folders") from None
