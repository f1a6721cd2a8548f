"""Single lines of raw files, found again by file and number, and read by the product's own parsers.

They hold addresses: what is shown of them goes through `privacy.masking`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from ingest.feed import Feed
from ingest.formats import FORMATS, Parser
from ingest.reading import Reading
from ingest.words import decoded
from pipelines.job import Job
from pipelines.sources.captures import captures_of
from pipelines.sources.chunks import Chunk, chunks_of
from pipelines.sources.folder import RawFile, named_ms
from pipelines.sources.tables import rows_of
from schemas import InputError

Place = tuple[str, str, int]  # feed, file, line


@dataclass(frozen=True)
class RawLine:
    """One line of one file, and what its format's parser reads in it alone."""

    place: Place
    feed: Feed
    text: str
    reading: Reading


def lines_at(job: Job, places: Iterable[Place], near_ms: int) -> Iterator[RawLine]:
    """The lines at `places`, file by file; InputError if a file, or one of the lines, is no longer there.

    near_ms: the instant near which a time without a year lies, in a file whose name says no date.
    """
    feeds = {feed.name: job.config.feed(feed) for feed in job.config.feeds}
    wanted: dict[tuple[str, str], set[int]] = defaultdict(set)
    for feed, file, line in places:
        wanted[feed, file].add(line)
    for (feed, file), lines in sorted(wanted.items()):
        if feed not in feeds:
            raise InputError(f"{file}: district.toml no longer has the feed {feed!r}", "bring the feed back")
        found = 0
        named = named_ms(file)
        near = near_ms if named is None else named
        for raw_line in _lines_of(raw_file(job, file), file, feeds[feed], lines, near):
            found += 1
            yield raw_line
        if found < len(lines):
            raise InputError(f"{file}: {len(lines) - found} of its lines are gone: the file has changed since")


def raw_file(job: Job, name: str) -> RawFile:
    """The file that a stream's name means; of `archive!member` the archive. InputError if it is gone."""
    for candidate in (name, name.partition("!")[0]):
        path = job.raw / candidate
        if path.is_file():
            return RawFile(path, candidate)
    raise InputError(
        f"{job.raw}: no file {name.partition('!')[0]} any more",
        "name the folder of the raw logs with --raw; what is no longer kept cannot be shown",
    )


def _lines_of(raw: RawFile, name: str, feed: Feed, lines: Collection[int], near_ms: int) -> Iterator[RawLine]:
    form = FORMATS[feed.format]
    if form.unit == "table":
        yield from _rows(raw, feed, lines, near_ms)
        return
    if form.unit == "capture":
        yield from _frames(raw, name, feed, lines, near_ms)
        return
    parser: Parser | None = None
    for chunk in chunks_of(raw, record_ends=form.record_ends):
        if not isinstance(chunk, Chunk) or chunk.file != name:
            continue
        parser = parser or form.prepare(chunk.data, feed)
        last = chunk.first_line + chunk.data.count(b"\n")
        if any(chunk.first_line <= line <= last for line in lines):
            for number, data in _records(chunk, lines, len(min(form.record_ends)) > 1):
                shown = data.rstrip(b"\r\n")
                text = decoded(shown, feed.encoding) or shown.decode("utf-8", "replace")
                yield RawLine((feed.name, name, number), feed, text, parser.parse(data + b"\n", number, near_ms))
        if last > max(lines):
            return


def _records(chunk: Chunk, lines: Collection[int], spans_lines: bool) -> Iterator[tuple[int, bytes]]:
    """The records of a chunk that begin at `lines`, without their last line end: a line, or all up to an empty one."""
    texts = chunk.data.split(b"\n")
    for number in sorted(lines):
        start = number - chunk.first_line
        if 0 <= start < len(texts):
            end = start + 1
            while spans_lines and end < len(texts) and texts[end].strip(b"\r"):
                end += 1
            yield number, b"\n".join(texts[start:end])


def _rows(raw: RawFile, feed: Feed, lines: Collection[int], near_ms: int) -> Iterator[RawLine]:
    """Rows of a Parquet file, each as `column=value` text."""
    parser = FORMATS[feed.format].prepare(b"", feed)
    for rows in rows_of(raw):
        for line in sorted(lines):
            at = line - rows.first_row
            if 0 <= at < rows.batch.num_rows:
                row = rows.batch.slice(at, 1)
                text = "  ".join(f"{column}={value}" for column, value in row.to_pylist()[0].items())
                yield RawLine((feed.name, raw.name, line), feed, text, parser.parse(row, line, near_ms))


def _frames(raw: RawFile, name: str, feed: Feed, lines: Collection[int], near_ms: int) -> Iterator[RawLine]:
    """Frames of a capture, each as the number that Wireshark shows it under: bytes are nothing to read."""
    parser = FORMATS[feed.format].prepare(b"", feed)
    for chunk in captures_of(raw):
        if not isinstance(chunk, Chunk) or chunk.file != name:
            continue
        for line in sorted(lines):
            at = line - chunk.first_line
            if 0 <= at < chunk.data.ends.size:
                reading = parser.parse(chunk.data.only(at), line, near_ms)
                yield RawLine((feed.name, name, line), feed, f"frame {line}", reading)
