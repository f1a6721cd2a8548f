"""`shangquan replay rejected`: a day's refused lines read again with the present code and settings.

    OUT/rejected/day=D -> feed, file, line -> the raw files -> [parser -> clocks] -> kept now, still refused, ...

A line that is read now is shown with its addresses masked; of one that is not, only its shape (`privacy.line_shapes`):
nobody knows which of its words are an address.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow.parquet as pq
import typer

from ingest.reading import Reading
from pipelines.clock import now_ms
from pipelines.clock_offsets import ClockOffsets
from pipelines.days import run_days
from pipelines.job import Job
from pipelines.raw_lines import RawLine, lines_at, raw_file
from pipelines.summary import Reporter, Summary
from privacy.line_shapes import shape_of
from privacy.masking import excerpt, masked
from schemas import REJECTED, InputError
from schemas.day import Day

WIDTH = 160  # characters of a line that are shown
KEPT, ELSEWHERE, IGNORED, REFUSED = "kept now", "outside the day", "ignored now", "still refused"
CUT = "truncated"  # read alone, half a line may look whole: only its file, grown or fetched anew, mends it

Place = tuple[str, str, int]  # feed, file, line


@dataclass
class Outcomes:
    """What becomes now of the lines of one feed that were refused for one reason; a sample of each outcome."""

    lines: Counter[str] = field(default_factory=Counter)
    samples: dict[str, str] = field(default_factory=dict)

    def add(self, outcome: str, line: RawLine) -> None:
        self.lines[outcome] += 1
        if outcome not in self.samples:
            self.samples[outcome] = f"{line.place[1]}:{line.place[2]}  {_shown(line, outcome)}"


def replay_rejected(*, job: Job, date: datetime.date, apply: bool, reporter: Reporter) -> None:
    """Says how many refused lines of the day would be kept now; with `apply` runs the day again if any would.

    PrivacyError if the day's key is gone: it could not be restated. InputError if it has no refused lines in the data
    folder, or a raw file is gone.
    """
    job.keyring.kept_day_key(date, now_ms())
    reasons = _refused(job, date)
    found = _read_again(job, job.calendar.day(date), reasons)
    if not reporter.as_json:
        for (feed, reason), outcomes in sorted(found.items()):
            _show(feed, reason, outcomes)
    total = sum((outcomes.lines for outcomes in found.values()), Counter[str]())
    counts = {"refused": total.total(), **{name: total[name] for name in (KEPT, ELSEWHERE, IGNORED, REFUSED)}}
    reporter.say(Summary(counts, job.workspace.table("rejected", date, job.definition.name), head=str(date)))
    if apply and total[KEPT]:
        run_days(job=job, days=str(date), reporter=reporter)
    elif total[KEPT]:
        reporter.note(f"`--apply` runs {date} again, with these lines")


def _refused(job: Job, date: datetime.date) -> dict[Place, str]:
    """Why each refused line of the day was; a line with several bad records under its first reason."""
    path = job.workspace.table("rejected", date, job.definition.name)
    if not path.exists():
        raise InputError(f"{path}: no such day", "name a day that was run, with its --data and --definition")
    rows = REJECTED.cast(pq.read_table(path, partitioning=None)).to_pylist()
    reasons: dict[Place, str] = {}
    for row in rows:
        reasons.setdefault((row["feed"], row["file"], row["line"]), row["reason"])
    return reasons


def _read_again(job: Job, day: Day, reasons: dict[Place, str]) -> dict[tuple[str, str], Outcomes]:
    found: dict[tuple[str, str], Outcomes] = defaultdict(Outcomes)
    clocks = ClockOffsets(job)
    for (feed, file, _), reason in reasons.items():
        if reason == CUT:
            raw_file(job, file)
            found[feed, CUT].lines[REFUSED] += 1
    whole = [place for place, reason in reasons.items() if reason != CUT]
    for line in lines_at(job, whole, day.start_ms):
        reading, _ = clocks.corrected(line.feed, line.reading)
        found[line.feed.name, reasons[line.place]].add(_outcome(reading, day), line)
    return found


def _outcome(reading: Reading, day: Day) -> str:
    if reading.rejects:
        return REFUSED
    if not reading.at_ms.size:
        return IGNORED
    inside = (reading.at_ms >= day.window_start_ms) & (reading.at_ms < day.window_end_ms)
    return KEPT if inside.any() else ELSEWHERE


def _shown(line: RawLine, outcome: str) -> str:
    if outcome not in (KEPT, ELSEWHERE):
        return shape_of(line.text)
    return excerpt(masked(line.text, others=set(_names_in(line.reading))), WIDTH)


def _names_in(reading: Reading) -> Iterator[str]:
    """Addresses that are no MACs, and accounts."""
    for words in (reading.opaque, reading.user):
        if words is not None:
            yield from (word for word in words.to_pylist() if word)


def _show(feed: str, reason: str, outcomes: Outcomes) -> None:
    said = "  ".join(f"{outcome} {lines:,}" for outcome, lines in sorted(outcomes.lines.items()))
    typer.echo(f"{feed}  {reason}  {said}")
    for outcome, sample in sorted(outcomes.samples.items()):
        typer.echo(f"  {outcome}  {sample}")
