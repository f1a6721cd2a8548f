"""Step `sessionize`: a day's shards to its visits, stays, flaps, hours, triggers and ledger, some shards at a time.

    shards -> [each definition's walk: `walking`] -> a part for each definition -> its own tables of the day

The tables of one definition are the same whichever others walk beside it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from pipelines.engines.local import in_order
from pipelines.job import Job
from pipelines.steps.day_files import DayFiles
from pipelines.steps.intake import Handoff
from pipelines.steps.walking import Part, Shard, parts_of_shard, walk_of
from schemas import AP_HOUR, REACH, STAY, VISIT
from sessionize.coverage import zone_hours
from sessionize.covered import Watch, covered_hours, with_uncovered
from sessionize.hours import spelled
from sessionize.passage import summed_passages


@dataclass
class DayTables:
    """The tables of a day under one definition while its parts come in, in any order.

    In memory: the day's visits, and the stays of the window.
    """

    watch: Watch
    handoff: Handoff
    files: DayFiles
    _visits: list[pa.Table] = field(default_factory=lambda: [VISIT.empty()])
    _stays: list[pa.Table] = field(default_factory=lambda: [STAY.empty()])
    _reach: list[pa.Table] = field(default_factory=lambda: [REACH.empty()])
    _hours: list[pa.Table] = field(default_factory=lambda: [AP_HOUR.empty()])
    _passages: list[pa.Table] = field(default_factory=list)

    def add(self, part: Part) -> None:
        """Takes in what one shard gives."""
        for name, rows in part.tables.items():
            if name == "visit":
                self._visits.append(rows)  # which hours were covered is known when all shards are
            else:
                self.files.add(name, rows)
        self._reach.append(part.reach)
        self.handoff.tally.add_walked(part.outcomes)
        self._stays.append(part.window_stays)
        self._hours.append(part.ap_hours)
        self._passages.append(part.passages)

    def complete(self) -> None:
        """All tables lie in `files`; the ledger adds up to what was read."""
        day, tally, files = self.handoff.day, self.handoff.tally, self.files
        stays = pa.concat_tables(self._stays).unify_dictionaries()
        covered = covered_hours(_summed(pa.concat_tables(self._hours)), self.watch, day)
        whole = pa.concat_tables(self._visits).unify_dictionaries()
        files.add("visit", with_uncovered(whole, stays, covered, pa.concat_tables(self._reach)))
        files.add("zone_hour", zone_hours(stays, day))
        files.add("ap_hour", covered)
        sites = {*self.watch.places["site"].to_pylist(), *covered["site"].to_pylist()}
        files.add("passage", summed_passages(self._passages, sites, day))
        files.add("ledger", tally.ledger())
        files.add("feed_hour", tally.feed_hours())
        files.add("line_shape", tally.line_shapes())
        files.add("rejected", tally.rejected())


def sessionize(parts: Iterable[Sequence[Part]], days: Sequence[DayTables]) -> None:
    """Every table of each of `days`; each shard in `parts` gives a part to each of them, in their order."""
    for shard in parts:
        for part, day in zip(shard, days, strict=True):
            day.add(part)
    for day in days:
        day.complete()


def parts_of(jobs: Sequence[Job], handoffs: Sequence[Handoff], now_ms: int) -> Iterator[Sequence[Part]]:
    """What the local engine makes of one day's handoffs, those of `jobs`, by shard; some shards in memory at once."""
    walks = [walk_of(job, now_ms) for job in jobs]
    first = handoffs[0]

    def parts(name: str) -> Sequence[Part]:
        sightings = first.sightings(name)
        shards = [Shard(one.day, sightings, one.devices, one.restarts) for one in handoffs]
        return parts_of_shard(walks, shards)

    return in_order(parts, first.shards)


def _summed(joined: pa.Table) -> pa.Table:
    """AP_HOUR of all shards: each AP's hour once."""
    keys = [name for name in AP_HOUR.names if name != "sightings"]
    summed = spelled(joined).group_by(keys).aggregate([("sightings", "sum")]).rename_columns([*keys, "sightings"])
    return AP_HOUR.cast(summed.sort_by([(key, "ascending") for key in AP_HOUR.key]))
