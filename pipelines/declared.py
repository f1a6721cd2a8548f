"""A feed that is declared as what it is not: found when a file of it gives no sighting, and refused with what it is."""

from collections.abc import Iterable

from pipelines.auto_feeds import looks_like
from pipelines.config import FeedConfig
from pipelines.job import Job
from pipelines.sources.folder import RawFile
from pipelines.steps.tally import FileTally
from pipelines.toml_text import toml_of
from schemas import InputError

MOST_FILES = 20  # looked at again


def require_as_declared(job: Job, mute: Iterable[FileTally]) -> None:
    """InputError for the first of these files, none of which gave a sighting, that looks like something else."""
    feeds = {feed.name: feed for feed in job.config.feeds}
    for tally in list(mute)[:MOST_FILES]:
        name = tally.file.partition("!")[0]
        refuse_another(job, feeds[tally.feed], RawFile(job.raw / name, name))


def refuse_another(job: Job, feed: FeedConfig, file: RawFile) -> None:
    """InputError, with what district.toml should say, if `file` looks like another format, or other columns."""
    looks = looks_like(file, feed.time_zone or job.config.district.time_zone)
    if looks is None or (looks.format == feed.format and not looks.settings):
        return
    wanted = toml_of({"format": looks.format, **looks.settings}).strip().replace("\n\n", "\n").replace("\n", "\n    ")
    raise InputError(
        f"feed {feed.name}: {file.name}: nothing in it can be read as {feed.format}; it looks like {looks}",
        f"declare it so in district.toml:\n    {wanted}",
    )
